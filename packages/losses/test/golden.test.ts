import { readFileSync } from 'node:fs'
import {
  constant,
  constantHyperparameters,
  evaluate,
  gradients,
  input,
  type Loss,
  mean,
  sum,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { binaryCrossEntropy, meanSquaredError, softmaxCrossEntropy } from '@gradwerk/losses'
import { expectClose } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface LossCase {
  readonly name: string
  readonly op: 'cross_entropy' | 'bce_with_logits' | 'mse'
  readonly options: {
    readonly reduction: 'mean' | 'sum' | 'none'
    readonly label_smoothing?: number
    readonly target?: string
  }
  readonly inputs: { readonly logits?: GoldenTensor; readonly input?: GoldenTensor; readonly target: GoldenTensor }
  readonly cotangents: { readonly loss: GoldenTensor }
  readonly outputs: { readonly loss: GoldenTensor }
  readonly gradients: { readonly logits?: GoldenTensor; readonly input?: GoldenTensor }
  readonly noise: number
}

const { cases }: { cases: LossCase[] } = JSON.parse(
  readFileSync(new URL('golden/losses.json', import.meta.url), 'utf8'),
)

function lossOf({ op, options }: LossCase): Loss {
  if (op === 'bce_with_logits') return binaryCrossEntropy()
  return op === 'mse' ? meanSquaredError() : softmaxCrossEntropy({ labelSmoothing: options.label_smoothing ?? 0 })
}

/**
 * A case's predictions with one row for each number of its unreduced loss: ours averages over the outputs of a sample, PyTorch's
 * does not, so that [3, 4] predictions of independent outputs become [12].
 */
function arranged({ op, options, inputs }: LossCase): { predictions: Value; targets: Value } {
  const { shape, data } = inputs.logits ?? inputs.input ?? { shape: [], data: [] }
  const { target } = inputs
  if (op !== 'cross_entropy')
    return {
      predictions: valueOf('float32', [data.length], data),
      targets: valueOf('float32', [data.length], target.data),
    }
  const targets = valueOf(options.target === 'indices' ? 'int32' : 'float32', target.shape, target.data)
  return { predictions: valueOf('float32', shape, data), targets }
}

function reduced(values: Tensor, reduction: 'mean' | 'sum' | 'none'): Tensor {
  if (reduction === 'none') return values
  return reduction === 'mean' ? mean(values) : sum(values)
}

describe('values and gradients equal PyTorch', () => {
  test.each(cases)('$name', (testCase) => {
    const { predictions, targets } = arranged(testCase)
    const x = input('x', predictions.shape)
    const values = lossOf(testCase).values(x, constant(targets), constantHyperparameters().scope('loss'))
    expect(values.shape).toEqual(predictions.shape.slice(0, 1))
    const loss = reduced(values, testCase.options.reduction)
    const flat = ({ data }: GoldenTensor, shape: readonly number[]) => valueOf('float32', shape, data)
    const cotangent = constant(flat(testCase.cotangents.loss, loss.shape))
    const [slope] = gradients(loss, [x], cotangent)
    const [found, gradient] = evaluate([loss, slope as Tensor], { x: predictions }) as [Value, Value]
    const tolerance = { largest: 1e-6, absolute: 10 * testCase.noise }
    expectClose(found, flat(testCase.outputs.loss, loss.shape), tolerance)
    const expected = testCase.gradients.logits ?? testCase.gradients.input
    expectClose(gradient, flat(expected ?? testCase.outputs.loss, predictions.shape), tolerance)
  })
})
