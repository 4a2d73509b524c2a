// Regularizers of the whole step, each against a second form of its equation.

import {
  add,
  constant,
  constantHyperparameters,
  evaluate,
  gradients,
  type LossTermContext,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  numbers,
  OptionError,
  oneHot,
  type Regularizer,
  type Schedule,
  ShapeError,
  softmax,
  sum,
  type Tensor,
  tanh,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as regularizers from '@gradwerk/regularizers'
import { activityPenalty, confidencePenalty, gradientPenalty, jacobianPenalty } from '@gradwerk/regularizers'
import { checkGradient, randomValue, regularizerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

function doubling({ from }: { from: number }): Schedule {
  return { kind: 'schedule', name: 'doubling', options: { from }, at: (step) => from * 2 ** step }
}
const registries = [regularizers, { doubling }]

regularizerSuite(
  activityPenalty,
  [
    { plugin: activityPenalty({ layers: '', l1: 0.1, l2: 0.2 }) },
    { plugin: activityPenalty({ layers: ['*'], l2: doubling({ from: 1 }) }) },
  ],
  { registries },
)
regularizerSuite(
  confidencePenalty,
  [
    { plugin: confidencePenalty(0.1) },
    { plugin: confidencePenalty({ strength: doubling({ from: 1 }), threshold: 0.8 }) },
  ],
  { registries },
)
regularizerSuite(
  gradientPenalty,
  [{ plugin: gradientPenalty(0.1) }, { plugin: gradientPenalty(doubling({ from: 1 })) }],
  {
    registries,
  },
)
regularizerSuite(jacobianPenalty, [{ plugin: jacobianPenalty(0.1) }], { registries })

const scope = constantHyperparameters().scope('regularizer')
const [batch, features, hidden, classes] = [5, 4, 6, 3]
const x = randomValue({ dtype: 'float32', shape: [batch, features] }, 1)
const labels = valueOf('int32', [batch], [0, 1, 2, 1, 0])
const first = randomValue({ dtype: 'float32', shape: [features, hidden] }, 2)
const second = randomValue({ dtype: 'float32', shape: [hidden, classes] }, 3)

/** A perceptron with one layer of tanh units under cross-entropy, or without that layer. */
function step(w1: Tensor, w2?: Tensor): LossTermContext {
  const inputs = constant(x)
  const activity = w2 === undefined ? inputs : tanh(matmul(inputs, w1))
  const predictions = matmul(activity, w2 ?? w1)
  const targets = oneHot(constant(labels), predictions.shape[1] as number)
  const losses = neg(sum(mul(logSoftmax(predictions), targets), { axes: [1] }))
  return {
    ...scope,
    inputs,
    targets: constant(labels),
    predictions,
    activations: new Map([
      ['block.tanh', activity],
      ['block.tanh_1', mul(activity, 2)],
      ['', predictions],
    ]),
    loss: mean(losses),
    parameters: new Map(),
  }
}
const context = step(constant(first), constant(second))
const data = (of: Tensor | undefined) => Array.from(numbers(evaluate([of as Tensor])[0] as Value))
const termOf = (regularizer: Regularizer, of = context) => data(regularizer.lossTerm?.(of))[0] as number
const row = (all: readonly number[], i: number, length: number) => all.slice(i * length, (i + 1) * length)

describe('the activity penalty', () => {
  const activity = data(context.activations.get('block.tanh'))

  test('sums over the chosen layers and divides by the batch', () => {
    const l1 = activity.reduce((total, a) => total + Math.abs(a), 0) / batch
    const l2 = activity.reduce((total, a) => total + a * a, 0) / batch / 2
    expect(termOf(activityPenalty({ layers: 'block.tanh', l1: 0.3 }))).toBeCloseTo(0.3 * l1, 5)
    expect(termOf(activityPenalty({ layers: ['block.tanh'], l1: 0.3, l2: 0.7 }))).toBeCloseTo(0.3 * l1 + 0.7 * l2, 5)
    expect(termOf(activityPenalty({ layers: 'block.*', l1: 1 }))).toBeCloseTo(3 * l1, 5)
    expect(termOf(activityPenalty({ layers: ['*tanh', 'block.tanh'], l1: 1 }))).toBeCloseTo(l1, 5)
  })

  test('refuses a layer that is not there, and tells which are', () => {
    expect(() => termOf(activityPenalty({ layers: ['*', 'relu'], l1: 1 }))).toThrow(
      "activityPenalty: there is no layer 'relu'; expected one of 'block.tanh', 'block.tanh_1', ''",
    )
    // A dot is a dot.
    expect(() => termOf(activityPenalty({ layers: 'block_tanh', l1: 1 }))).toThrow(OptionError)
  })
})

describe('the confidence penalty', () => {
  const logits = data(context.predictions)
  const entropies = Array.from({ length: batch }, (_, i) => {
    const e = row(logits, i, classes).map(Math.exp)
    const z = e.reduce((a, b) => a + b, 0)
    return -e.reduce((total, each) => total + (each / z) * Math.log(each / z), 0)
  })
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

  test('is the negative mean entropy', () => {
    expect(termOf(confidencePenalty(0.4))).toBeCloseTo(-0.4 * average(entropies), 6)
  })

  test('with a threshold leaves uncertain predictions alone', () => {
    const threshold = average(entropies)
    const expected = average(entropies.map((h) => Math.max(0, threshold - h)))
    expect(expected).toBeGreaterThan(0)
    expect(termOf(confidencePenalty({ strength: 0.4, threshold }))).toBeCloseTo(0.4 * expected, 6)
  })

  test('is lowest for the uniform distribution, for which it is −β log classes', () => {
    const uniform = { ...context, predictions: constant(valueOf('float32', [2, 4], new Float32Array(8).fill(3))) }
    expect(termOf(confidencePenalty(1), uniform)).toBeCloseTo(-Math.log(4), 6)
  })

  test('stays finite for logits that are far apart', () => {
    const certain = { ...context, predictions: constant(valueOf('float32', [1, 3], [1000, 0, -1000])) }
    expect(Math.abs(termOf(confidencePenalty(1), certain))).toBe(0)
  })

  test('takes the classes of dense prediction from axis 1', () => {
    const value = valueOf('float32', [1, 2, 3], [9, 0, 0, 0, 0, 0])
    const dense = { ...context, predictions: constant(value) }
    const p = 1 / (1 + Math.exp(-9))
    const expected = (2 * Math.log(2) - p * Math.log(p) - (1 - p) * Math.log(1 - p)) / 3
    expect(termOf(confidencePenalty(1), dense)).toBeCloseTo(-expected, 5)
  })

  test('needs two classes', () => {
    const one = { ...context, predictions: constant(valueOf('float32', [2, 1], [1, 2])) }
    expect(() => termOf(confidencePenalty(1), one)).toThrow(ShapeError)
  })
})

/** Σ over inputs of the squared derivative of a function of one sample, by central differences of a double-precision perceptron. */
function squaredSlope(sample: readonly number[], f: (logits: number[]) => number): number {
  const [w1, w2] = [numbers(first), numbers(second)]
  const logitsOf = (input: readonly number[]) => {
    const units = Array.from({ length: hidden }, (_, j) =>
      Math.tanh(input.reduce((total, v, i) => total + v * (w1[i * hidden + j] as number), 0)),
    )
    return Array.from({ length: classes }, (_, k) =>
      units.reduce((total, v, j) => total + v * (w2[j * classes + k] as number), 0),
    )
  }
  return sample.reduce((total, _, i) => {
    const moved = (by: number) => f(logitsOf(sample.map((v, j) => (j === i ? v + by : v))))
    return total + ((moved(1e-5) - moved(-1e-5)) / 2e-5) ** 2
  }, 0)
}

const samples = Array.from({ length: batch }, (_, i) => row(Array.from(numbers(x)), i, features))

describe('the gradient penalty', () => {
  test('is the mean square of how each loss changes with its input', () => {
    const expected = samples.map((sample, i) =>
      squaredSlope(sample, (logits) => {
        const z = logits.reduce((total, each) => total + Math.exp(each), 0)
        return Math.log(z) - (logits[Number(labels.data[i])] as number)
      }),
    )
    expect(termOf(gradientPenalty(0.6))).toBeCloseTo((0.3 * expected.reduce((a, b) => a + b, 0)) / batch, 5)
  })

  test('of a linear classifier is ‖W (p − t)‖², and so is its gradient', () => {
    // The same penalty, written down without any gradient.
    const closed = (w: Tensor) => {
      const { predictions } = step(w)
      const off = add(softmax(predictions), neg(oneHot(constant(labels), classes)))
      const slopes = matmul(off, w, { transposeB: true })
      return mul(mean(sum(mul(slopes, slopes), { axes: [1] })), 0.25)
    }
    const w = constant(randomValue({ dtype: 'float32', shape: [features, classes] }, 4))
    const term = gradientPenalty(0.5).lossTerm?.(step(w)) as Tensor
    const [value, expected] = [data(term)[0] as number, data(closed(w))[0] as number]
    expect(value).toBeCloseTo(expected, 6)
    const [a, b] = [term, closed(w)].map((of) => data(gradients(of, [w])[0]))
    a?.forEach((slope, i) => void expect(slope).toBeCloseTo(b?.[i] as number, 5))
  })

  test('has the right gradient through two layers', () => {
    checkGradient((w1, w2) => gradientPenalty(0.5).lossTerm?.(step(w1, w2)) as Tensor, [first, second])
  })
})

describe('the Jacobian penalty', () => {
  test('is the mean square of how the outputs change with the input', () => {
    const expected = samples.map((sample) =>
      [0, 1, 2].reduce((total, k) => total + squaredSlope(sample, (logits) => logits[k] as number), 0),
    )
    expect(termOf(jacobianPenalty(0.6))).toBeCloseTo((0.3 * expected.reduce((a, b) => a + b, 0)) / batch, 4)
  })

  test('of a linear model is ½ ‖W‖², whatever the inputs', () => {
    const w = randomValue({ dtype: 'float32', shape: [features, classes] }, 5)
    const squares = Array.from(numbers(w)).reduce((total, each) => total + each * each, 0)
    expect(termOf(jacobianPenalty(1), step(constant(w)))).toBeCloseTo(squares / 2, 5)
  })

  test('has the right gradient through two layers', () => {
    checkGradient((w1, w2) => jacobianPenalty(0.5).lossTerm?.(step(w1, w2)) as Tensor, [first, second])
  })
})

test.each([
  () => activityPenalty({ layers: [] }),
  () => activityPenalty({ l1: 1 } as never),
  () => activityPenalty({ layers: 'relu', l1: -1 }),
  () => confidencePenalty(-1),
  () => confidencePenalty({ strength: 1, threshold: 0 }),
  () => gradientPenalty(-1),
  () => jacobianPenalty({} as never),
])('%s is refused', (make) => {
  expect(make).toThrow(OptionError)
})
