// All 63 loss cases computed with PyTorch: values, and gradients with respect to predictions and (where given) targets.

import { readFileSync } from 'node:fs'
import {
  constant,
  constantHyperparameters,
  div,
  evaluate,
  gradients,
  input,
  type Loss,
  mean,
  mul,
  sum,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as losses from '@gradwerk/losses'
import { expectClose } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface LossCase {
  readonly name: string
  readonly op: string
  readonly options: {
    readonly reduction: 'mean' | 'sum' | 'none' | 'batchmean'
    readonly label_smoothing?: number
    readonly ignore_index?: number | null
    readonly target?: string
    readonly delta?: number
    readonly beta?: number
    readonly log_target?: boolean
  }
  readonly inputs: Readonly<Record<string, GoldenTensor>>
  readonly cotangents: { readonly loss: GoldenTensor }
  readonly outputs: { readonly loss: GoldenTensor }
  readonly gradients: Readonly<Record<string, GoldenTensor>>
  readonly noise: number
}

const { cases }: { cases: LossCase[] } = JSON.parse(
  readFileSync(new URL('golden/losses.json', import.meta.url), 'utf8'),
)

const scope = constantHyperparameters().scope('loss')

function classOptions({ options, inputs }: LossCase): losses.ClassOptions {
  return {
    ...(inputs['class_weight'] === undefined ? {} : { classWeights: inputs['class_weight'].data }),
    ...(typeof options.ignore_index === 'number' ? { ignoreIndex: options.ignore_index } : {}),
  }
}

function lossOf(testCase: LossCase): Loss {
  const { op, options, inputs } = testCase
  const weights = {
    ...(inputs['pos_weight'] === undefined ? {} : { positiveWeight: inputs['pos_weight'].data }),
    ...(inputs['weight'] === undefined ? {} : { outputWeights: inputs['weight'].data }),
  }
  const made: Record<string, () => Loss> = {
    cross_entropy: () =>
      losses.softmaxCrossEntropy({ labelSmoothing: options.label_smoothing ?? 0, ...classOptions(testCase) }),
    nll: () => losses.negativeLogLikelihood(classOptions(testCase)),
    bce_with_logits: () => losses.binaryCrossEntropy(weights),
    bce: () => losses.binaryCrossEntropyOfProbabilities(),
    mse: () => losses.meanSquaredError(),
    l1: () => losses.meanAbsoluteError(),
    huber: () => losses.huber(options.delta ?? 1),
    smooth_l1: () => losses.smoothL1(options.beta ?? 1),
    kl_div: () => (options.log_target === true ? losses.klDivergenceOfLogs() : losses.klDivergence()),
  }
  return (made[op] as () => Loss)()
}

/** What the trainer minimizes. */
function meanOf(loss: Loss, values: Tensor, predictions: Tensor, targets: Tensor): Tensor {
  const weights = loss.weights?.(predictions, targets, scope)
  return weights === undefined ? mean(values) : div(sum(values), sum(weights))
}

const perClass = new Set(['cross_entropy', 'nll'])

/**
 * The case's loss in our terms. A sample's value is the mean (of the divergence: the sum) over its outputs, so that PyTorch's unreduced
 * numbers are those of samples with one output each, and its sum is the number of outputs times ours.
 */
function lossTensor(testCase: LossCase, predictions: Tensor, targets: Tensor): Tensor {
  const { op, options } = testCase
  const loss = lossOf(testCase)
  const values = loss.values(predictions, targets, scope)
  expect(values.shape).toEqual(predictions.shape.slice(0, 1))
  const outputs = perClass.has(op) ? 1 : predictions.shape.slice(1).reduce((a, b) => a * b, 1)
  if (options.reduction === 'none') return values
  if (op === 'kl_div')
    return options.reduction === 'sum' ? sum(values) : mul(mean(values), options.reduction === 'mean' ? 1 / outputs : 1)
  return options.reduction === 'mean' ? meanOf(loss, values, predictions, targets) : mul(sum(values), outputs)
}

/** Unreduced cases of outputs become samples of one output; where outputs have weights, a case for each output. */
function split(testCase: LossCase): LossCase[] {
  const { op, options, inputs } = testCase
  const predictions = inputs['logits'] ?? inputs['input']
  if (perClass.has(op) || options.reduction !== 'none' || predictions === undefined) return [testCase]
  const columns = inputs['pos_weight'] === undefined && inputs['weight'] === undefined ? 1 : 4
  return Array.from({ length: columns }, (_, column) => {
    const every = ({ data }: GoldenTensor): GoldenTensor => {
      const chosen = data.filter((_, i) => i % columns === column)
      return { shape: [chosen.length], data: chosen }
    }
    const all = (record: Readonly<Record<string, GoldenTensor>>) =>
      Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, every(tensor)]))
    return {
      ...testCase,
      inputs: all(inputs),
      cotangents: { loss: every(testCase.cotangents.loss) },
      outputs: { loss: every(testCase.outputs.loss) },
      gradients: all(testCase.gradients),
    }
  })
}

function check(testCase: LossCase): void {
  const { inputs, options, op, noise } = testCase
  const [name, given] = Object.entries(inputs).find(([key]) => /^(logits|input|log_prob)/.test(key)) as [
    string,
    GoldenTensor,
  ]
  const target = inputs['target'] as GoldenTensor
  const indices = options.target === 'indices' || op === 'nll'
  const flat = ({ shape, data }: GoldenTensor) => valueOf('float32', shape, data)
  const targets = indices ? valueOf('int32', target.shape, target.data) : flat(target)
  const [x, t] = [input('x', given.shape), input('t', target.shape, targets.dtype)]
  const loss = lossTensor(testCase, x, t)
  const slopes = gradients(
    loss,
    indices ? [x] : [x, t],
    constant({ ...flat(testCase.cotangents.loss), shape: loss.shape }),
  )
  const [found, gradient, ofTargets] = evaluate([loss, ...(slopes as Tensor[])], { x: flat(given), t: targets })
  const tolerance = { largest: 1e-6, absolute: 10 * noise }
  expectClose(found as Value, { ...flat(testCase.outputs.loss), shape: loss.shape }, tolerance)
  expectClose(gradient as Value, flat(testCase.gradients[name] as GoldenTensor), tolerance)
  const wanted = testCase.gradients['target']
  if (wanted !== undefined) expectClose(ofTargets as Value, flat(wanted), tolerance)
}

describe('values and gradients equal PyTorch', () => {
  test('all cases are here', () => expect(cases).toHaveLength(63))
  test.each(cases)('$name', (testCase) => {
    for (const part of split(testCase)) check(part)
  })
})
