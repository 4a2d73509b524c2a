// The fused gradients against the compositions: in float64, first and second order.

import {
  apply,
  constant,
  evaluate,
  gradients,
  input,
  isComposite,
  isLeaf,
  keyOf,
  mul,
  numbers,
  type OnnxSink,
  randomStream,
  square,
  sum,
  type Tensor,
  valueOf,
} from '@gradwerk/core'
import { checkGradient } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { channelVariance } from './channel-variance.ts'
import { normalizeChannels } from './normalize-channels.ts'

const shapes = [
  [5, 3],
  [2, 3, 4],
  [2, 3, 2, 2],
]

function random(shape: readonly number[], seed: number, low = -1) {
  const stream = randomStream(keyOf(seed))
  const size = shape.reduce((product, length) => product * length, 1)
  return valueOf(
    'float64',
    shape,
    Float64Array.from({ length: size }, () => low + 2 * stream.uniform()),
  )
}

const normalize = (x: Tensor, mean: Tensor, variance: Tensor, scale: Tensor, shift: Tensor) =>
  normalizeChannels(x, { mean, variance, scale, shift }, 1e-3)

/** The same expression without its fused gradient. */
function composed(tensor: Tensor): Tensor {
  const { op } = tensor
  if (isLeaf(op) || !isComposite(op)) return tensor
  return apply({ name: op.name, attributes: op.attributes, compose: (inputs) => op.compose(inputs) }, tensor.inputs)
}

describe.each(shapes)('x: [%j, %j, …]', (...shape) => {
  const values = [random(shape, 1), random([3], 2), random([3], 3, 0.5), random([3], 4), random([3], 5)]
  const named = values.map(({ shape: of }, i) => input(`x${i}`, of, 'float64'))
  const feeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]))

  test.each([
    ['normalizeChannels', 5, (inputs: Tensor[]) => normalize(...(inputs as [Tensor, Tensor, Tensor, Tensor, Tensor]))],
    ['channelVariance', 1, ([x]: Tensor[]) => channelVariance(x as Tensor)],
  ] as const)('%s: the fused gradient equals that of the composition', (_, count, f) => {
    const inputs = named.slice(0, count)
    const fused = f(inputs)
    const [first, second] = [fused, composed(fused)].map((y) => {
      const slopes = gradients(y, inputs, constant(random(y.shape, 9)))
      const squares = slopes.map((slope) => sum(square(mul(slope, slope))))
      return evaluate([y, ...slopes, ...squares.flatMap((s) => gradients(s, inputs))], feeds)
    })
    expect(first).toHaveLength(1 + count + count * count)
    first?.forEach((value, i) => {
      const wanted = numbers(second?.[i] ?? value)
      numbers(value).forEach((y: number, j: number) => {
        expect(Math.abs(y - (wanted[j] as number))).toBeLessThan(1e-9 * (1 + Math.abs(wanted[j] as number)))
      })
    })
  })

  test('both agree with finite differences, first and second order', () => {
    checkGradient(normalize, values)
    checkGradient(channelVariance, values.slice(0, 1))
  })
})

describe('lowering', () => {
  const lowered = (shape: readonly number[]) => {
    const inputs = [shape, [3], [3], [3], [3]].map((of, i) => input(`x${i}`, of))
    const y = normalize(...(inputs as [Tensor, Tensor, Tensor, Tensor, Tensor]))
    const nodes: unknown[] = []
    const sink: OnnxSink = {
      opset: 21,
      node: (...node) => String(nodes.push(node)),
      nodes: () => [],
      constant: () => '',
    }
    if (!isLeaf(y.op)) y.op.lower?.(sink, ['x', 'mean', 'variance', 'scale', 'shift'], y)
    return nodes
  }

  test('images are normalized by one node, whose inputs ONNX orders differently', () => {
    const inputs = ['x', 'scale', 'shift', 'mean', 'variance']
    expect(lowered([2, 3, 4, 4])).toEqual([['BatchNormalization', inputs, { epsilon: { float: 1e-3 } }]])
  })

  test('features are normalized by the composition', () => {
    expect(lowered([2, 3])).toEqual([])
  })
})
