import {
  constant,
  dynamic,
  evaluate,
  filled,
  input,
  type Metric,
  ShapeError,
  scalar,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import * as metrics from '@gradwerk/metrics'
import { accuracy, meanLoss } from '@gradwerk/metrics'
import { metricSuite, randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const registries = [metrics]
const bytes = {
  make: (batch: number, seed: number) => randomValue({ dtype: 'uint8', shape: [batch] }, seed, { low: 0, high: 3 }),
}
const numbersOf = ({ data }: Value): number[] => Array.from(data, Number)
const mean = (x: number[]): number => x.reduce((total, each) => total + each, 0) / x.length
const hit = (is: boolean): number => (is ? 1 : 0)

/** The columns of the largest elements of a matrix. */
function largest({ shape, data }: Value): number[] {
  const columns = shape[1] ?? 1
  const all = Array.from(data, Number)
  return Array.from({ length: shape[0] ?? 0 }, (_, i) => {
    const row = all.slice(i * columns, (i + 1) * columns)
    return row.indexOf(Math.max(...row))
  })
}

const ofLabels = (predictions: Value, targets: Value): number => {
  const labels = numbersOf(targets)
  return mean(largest(predictions).map((column, i) => hit(column === labels[i])))
}
const ofSigns = (predictions: Value, targets: Value): number => {
  const expected = numbersOf(targets)
  return mean(numbersOf(predictions).map((logit, i) => hit(logit > 0 === Number(expected[i]) > 0.5)))
}

metricSuite(
  accuracy,
  [
    { plugin: accuracy(), predictions: [4], targets: { classes: 4 }, expected: ofLabels },
    { plugin: accuracy(), predictions: [4], targets: bytes, expected: ofLabels, title: 'labels of bytes' },
    {
      plugin: accuracy(),
      predictions: [3],
      targets: { values: { low: 0, high: 1 } },
      expected: (predictions, targets) =>
        ofLabels(predictions, valueOf('int32', [targets.shape[0] ?? 0], largest(targets))),
      title: 'soft targets',
    },
    { plugin: accuracy(), predictions: [1], targets: { classes: 2 }, expected: ofSigns, title: 'a column of logits' },
    {
      plugin: accuracy(),
      predictions: [],
      targets: { values: { low: 0, high: 1 } },
      expected: ofSigns,
      title: 'one logit',
    },
  ],
  { registries },
)
metricSuite(
  meanLoss,
  [
    {
      plugin: meanLoss(),
      predictions: [4],
      targets: { classes: 4 },
      expected: (_, __, losses) => mean(numbersOf(losses)),
    },
  ],
  { registries },
)

/** The result after batches of losses, of predictions [batch, 2] that are all for class 1, and of labels. */
function streamed(metric: Metric, batches: readonly (readonly [losses: number[], labels: number[]])[]): number {
  const predictions = input('predictions', [dynamic, 2])
  const specs = metric.init(predictions)
  const state = Object.fromEntries(Object.keys(specs).map((name) => [name, input(name, [])]))
  const next = metric.update(state, {
    predictions,
    targets: input('targets', [dynamic], 'int32'),
    losses: input('losses', [dynamic]),
  })
  let values: Values = Object.fromEntries(Object.keys(specs).map((name) => [name, filled('float32', [], 0)]))
  for (const [losses, labels] of batches) {
    const feeds = {
      ...values,
      predictions: valueOf(
        'float32',
        [labels.length, 2],
        labels.flatMap(() => [0, 1]),
      ),
      targets: valueOf('int32', [labels.length], labels),
      losses: valueOf('float32', [losses.length], losses),
    }
    const found = evaluate(Object.values(next), feeds)
    values = Object.fromEntries(Object.keys(next).map((name, i) => [name, found[i] as Value]))
  }
  return metric.result(values)
}

describe('by hand', () => {
  test('three of four', () => {
    expect(
      streamed(accuracy(), [
        [
          [0, 0],
          [1, 0],
        ],
        [
          [0, 0],
          [1, 1],
        ],
      ]),
    ).toBe(0.75)
  })

  test('batches of different lengths weigh by their samples', () => {
    expect(
      streamed(meanLoss(), [
        [
          [1, 2, 3],
          [0, 0, 0],
        ],
        [[10], [0]],
      ]),
    ).toBe(4)
  })

  test('one logit predicts the positive class above 0, which a target above ½ expects', () => {
    const predictions = constant(valueOf('float32', [4], [0.2, -0.2, 0, 3]))
    const targets = constant(valueOf('float32', [4], [0.4, 0.3, 0.5, 0.7]))
    const state = { sum: scalar(0), count: scalar(0) }
    const { sum = predictions } = accuracy().update(state, { predictions, targets, losses: predictions })
    expect(evaluate([sum])[0]?.data[0]).toBe(3)
  })

  test('no samples give NaN', () => {
    expect(streamed(accuracy(), [])).toBeNaN()
  })

  test('the first of several largest predictions counts', () => {
    const state = { sum: scalar(0), count: scalar(0) }
    const predictions = constant(valueOf('float32', [1, 3], [2, 7, 7]))
    const next = accuracy().update(state, {
      predictions,
      targets: constant(valueOf('int32', [1], [1])),
      losses: predictions,
    })
    expect(evaluate([next.sum ?? predictions])[0]?.data[0]).toBe(1)
  })
})

test('counts of 60,000 samples are exact', () => {
  const batch = 500
  const labels = Array.from({ length: batch }, (_, i) => (i % 3 === 0 ? 0 : 1))
  const losses = labels.map(() => 0.1)
  const right = labels.filter((label) => label === 1).length / batch
  expect(
    streamed(
      accuracy(),
      Array.from({ length: 120 }, () => [losses, labels] as const),
    ),
  ).toBe(right)
})

test('samples with a loss that is not a number are counted', () => {
  expect(
    streamed(accuracy(), [
      [
        [Number.NaN, 1, Infinity],
        [1, 1, 0],
      ],
    ]),
  ).toBeCloseTo(2 / 3, 12)
  const losses = input('losses', [dynamic])
  const state = { sum: scalar(0), count: scalar(0) }
  const { count } = meanLoss().update(state, { predictions: losses, targets: losses, losses })
  const fed = { losses: valueOf('float32', [4], [Number.NaN, 1, Infinity, -Infinity]) }
  expect(evaluate([count ?? losses], fed)[0]?.data[0]).toBe(4)
})

test.each([
  [
    [8, 3],
    [8, 4],
  ],
  [[8, 3, 3], [8]],
  [
    [8, 3],
    [8, 1],
  ],
])('predictions %j with targets %j are refused', (predictions, targets) => {
  const call = { predictions: input('p', predictions), targets: input('t', targets), losses: input('l', [8]) }
  const state = { sum: input('sum', []), count: input('count', []) }
  expect(() => accuracy().update(state, call)).toThrow(ShapeError)
})
