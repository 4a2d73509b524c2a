// Dropout with the masks of vectors recorded with PyTorch 1.13: the layers' own, but for the mask they would draw.

import { readFileSync } from 'node:fs'
import {
  apply,
  constant,
  constantHyperparameters,
  evaluate,
  gradients,
  input,
  isLeaf,
  type Shape,
  type Tensor,
  topological,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { dropout, spatialDropout } from '@gradwerk/regularizers'
import { expectClose } from '@gradwerk/testing'
import { expect, test } from 'vitest'

interface GoldenTensor {
  readonly shape: Shape
  readonly data: readonly number[]
}

interface GoldenCase {
  readonly name: string
  readonly options: { readonly p: number; readonly training: boolean }
  readonly inputs: { readonly x: GoldenTensor; readonly mask?: GoldenTensor }
  readonly cotangents: { readonly y: GoldenTensor }
  readonly outputs: { readonly y: GoldenTensor }
  readonly gradients: { readonly x: GoldenTensor }
}

const { cases }: { cases: GoldenCase[] } = JSON.parse(
  readFileSync(new URL('golden/dropout.json', import.meta.url), 'utf8'),
)
const float = ({ shape, data }: GoldenTensor): Value => valueOf('float32', shape, data)

/** The expression with a given mask in the place of the one that is drawn. */
function withMask(root: Tensor, mask: GoldenTensor): Tensor {
  const made = new Map<Tensor, Tensor>()
  let drawn = 0
  for (const tensor of topological([root])) {
    const { op, inputs, shape } = tensor
    if (op.name === 'bernoulli') {
      drawn++
      expect(shape).toEqual(mask.shape)
      made.set(tensor, constant(valueOf('bool', mask.shape, mask.data)))
    } else
      made.set(
        tensor,
        isLeaf(op)
          ? tensor
          : apply(
              op,
              inputs.map((from) => made.get(from) as Tensor),
            ),
      )
  }
  expect(drawn).toBe(1)
  return made.get(root) as Tensor
}

test.each(cases)('$name equals PyTorch', ({ options: { p, training }, inputs, cotangents, ...wanted }) => {
  const { x: given, mask } = inputs
  const x = input('x', given.shape)
  const layer = given.shape.length > 2 ? spatialDropout(p) : dropout(p)
  const { output } = traceModel(layer, x, {
    hyperparameters: constantHyperparameters(),
    ...(training ? { stochastic: true, key: input('key', [2], 'uint32') } : {}),
  })
  const y = mask === undefined ? output : withMask(output, mask)
  const roots = [y, ...gradients(y, [x], constant(float(cotangents.y)))]
  const [found, slope] = evaluate(roots, { x: float(given) }) as [Value, Value]
  expectClose(found, float(wanted.outputs.y))
  expectClose(slope, float(wanted.gradients.x))
})

test('every case is here', () => {
  expect(cases).toHaveLength(3)
})
