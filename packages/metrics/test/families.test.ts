// Metrics of classification, calibration and regression against a direct computation over all samples at once.

import {
  constant,
  evaluate,
  filled,
  type Metric,
  OptionError,
  ShapeError,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import * as metrics from '@gradwerk/metrics'
import {
  absoluteError,
  accuracy,
  confusionMatrix,
  confusionMatrixOf,
  expectedCalibrationError,
  f1,
  precision,
  recall,
  rootMeanSquaredError,
  rSquared,
  squaredError,
  topKAccuracy,
} from '@gradwerk/metrics'
import { metricSuite, randomValue, streamMetric } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const registries = { registries: [metrics] }
const all = ({ data }: Value): number[] => Array.from(data, Number)
const total = (x: readonly number[]) => x.reduce((a, b) => a + b, 0)
const mean = (x: readonly number[]) => total(x) / x.length
function rowsOf(x: Value): number[][] {
  const width = x.shape.slice(1).reduce((a, b) => a * b, 1)
  const data = all(x)
  return Array.from({ length: x.shape[0] as number }, (_, i) => data.slice(i * width, (i + 1) * width))
}

/** Predicted and expected classes, sample by sample, by sorting. */
function pairsOf(predictions: Value, targets: Value): [predicted: number, expected: number][] {
  const best = (row: number[]) => row.map((x, c) => [x, c] as const).sort(([a], [b]) => b - a)[0]?.[1] as number
  const single = predictions.shape.length === 1 || predictions.shape[1] === 1
  const said = rowsOf(predictions).map((row) => (single ? Number((row[0] as number) > 0) : best(row)))
  const soft = targets.shape.length === 2 && targets.shape[1] !== 1
  const meant = soft ? rowsOf(targets).map(best) : all(targets).map((t) => (single ? Number(t > 0.5) : t))
  return said.map((p, i) => [p, meant[i] as number])
}

const classScores = {
  precision: (tp: number, fp: number, _: number) => (tp + fp === 0 ? 0 : tp / (tp + fp)),
  recall: (tp: number, _: number, fn: number) => (tp + fn === 0 ? 0 : tp / (tp + fn)),
  f1(tp: number, fp: number, fn: number) {
    const [p, r] = [classScores.precision(tp, fp, fn), classScores.recall(tp, fp, fn)]
    return p + r === 0 ? 0 : (2 * p * r) / (p + r)
  },
}
type Score = keyof typeof classScores
function scoreOfClass(score: Score, c: number, pairs: [number, number][]): number {
  const count = (p: boolean, e: boolean) =>
    pairs.filter(([said, meant]) => (said === c) === p && (meant === c) === e).length
  return classScores[score](count(true, true), count(true, false), count(false, true))
}
const macro = (score: Score) => (predictions: Value, targets: Value) => {
  const pairs = pairsOf(predictions, targets)
  const occurring = [...new Set(pairs.flat())]
  return mean(occurring.map((c) => scoreOfClass(score, c, pairs)))
}
const weighted = (score: Score) => (predictions: Value, targets: Value) => {
  const pairs = pairsOf(predictions, targets)
  return mean(pairs.map(([, meant]) => scoreOfClass(score, meant, pairs)))
}
const ofClass = (score: Score, c: number) => (predictions: Value, targets: Value) =>
  scoreOfClass(score, c, pairsOf(predictions, targets))
const hitRate = (predictions: Value, targets: Value) =>
  mean(pairsOf(predictions, targets).map(([said, meant]) => Number(said === meant)))

const four = { predictions: [4], targets: { classes: 4 } }
const soft = { predictions: [3], targets: { values: { low: 0, high: 1 } } }
const logit = { predictions: [1], targets: { classes: 2 } }
for (const [score, factory] of [
  ['precision', precision],
  ['recall', recall],
  ['f1', f1],
] as const)
  metricSuite(
    factory,
    [
      { plugin: factory(), ...four, expected: macro(score) },
      { plugin: factory(), ...soft, expected: macro(score), title: 'soft targets' },
      { plugin: factory(), ...logit, expected: ofClass(score, 1), title: 'a column of logits' },
      { plugin: factory({ average: 'micro' }), ...four, expected: hitRate },
      { plugin: factory({ average: 'weighted' }), ...four, expected: weighted(score) },
      { plugin: factory({ positiveClass: 2 }), ...four, expected: ofClass(score, 2) },
      {
        plugin: factory(),
        predictions: [40],
        targets: { classes: 30 },
        expected: macro(score),
        title: 'classes that do not occur',
      },
    ],
    registries,
  )

metricSuite(
  confusionMatrix,
  [
    { plugin: confusionMatrix(), ...four, expected: hitRate },
    { plugin: confusionMatrix(), ...logit, expected: hitRate },
  ],
  registries,
)

const topK = (k: number) => (predictions: Value, targets: Value) =>
  mean(
    rowsOf(predictions).map((row, i) => {
      const ranked = row.map((x, c) => [x, c] as const).sort(([a, c], [b, d]) => b - a || c - d)
      return Number(ranked.slice(0, k).some(([, c]) => c === all(targets)[i]))
    }),
  )
metricSuite(
  topKAccuracy,
  [1, 2, 3, 5].map((k) => ({ plugin: topKAccuracy(k), ...four, expected: topK(k), title: `k = ${k}` })),
  registries,
)

const calibration = (bins: number) => (predictions: Value, targets: Value) => {
  const pairs = pairsOf(predictions, targets)
  const confidences = rowsOf(predictions).map((row) => {
    const logits = row.length === 1 ? [0, ...row] : row
    return Math.max(...logits.map((x) => Math.exp(x))) / total(logits.map(Math.exp))
  })
  const members = Array.from({ length: bins }, (_, m) =>
    confidences.flatMap((c, i) => (c > m / bins && c <= (m + 1) / bins ? [i] : [])),
  )
  return total(
    members.map((ids) => {
      if (ids.length === 0) return 0
      const right = mean(ids.map((i) => Number(pairs[i]?.[0] === pairs[i]?.[1])))
      return (ids.length / pairs.length) * Math.abs(right - mean(ids.map((i) => confidences[i] as number)))
    }),
  )
}
metricSuite(
  expectedCalibrationError,
  [
    { plugin: expectedCalibrationError(), ...four, range: { low: -4, high: 4 }, expected: calibration(15) },
    { plugin: expectedCalibrationError(4), ...four, expected: calibration(4), title: 'four bins' },
    { plugin: expectedCalibrationError(1), ...soft, expected: calibration(1), title: 'one bin' },
    {
      plugin: expectedCalibrationError(),
      ...logit,
      range: { low: -4, high: 4 },
      expected: calibration(15),
      title: 'a column of logits',
    },
  ],
  registries,
)

const errors =
  (of: (error: number) => number, finish = (x: number) => x) =>
  (predictions: Value, targets: Value) =>
    finish(mean(all(predictions).map((x, i) => of(x - (all(targets)[i] as number)))))
const numbers = { predictions: [3], targets: { values: { low: -2, high: 2 } } }
const column = { predictions: [1], targets: { classes: 9 }, title: 'a column, whole numbers' }
const regressions = [
  [absoluteError, errors(Math.abs)],
  [squaredError, errors((x) => x * x)],
  [rootMeanSquaredError, errors((x) => x * x, Math.sqrt)],
] as const
for (const [factory, expected] of regressions)
  metricSuite(
    factory,
    [
      { plugin: factory(), ...numbers, expected },
      { plugin: factory(), ...column, expected },
    ],
    registries,
  )

const explained = (predictions: Value, targets: Value) => {
  const [x, t] = [rowsOf(predictions), rowsOf({ ...targets, shape: [x0(targets), all(targets).length / x0(targets)] })]
  return mean(
    (t[0] as number[]).map((_, output) => {
      const at = (rows: number[][]) => rows.map((row) => row[output] as number)
      const [said, meant] = [at(x), at(t)]
      const centre = mean(meant)
      return 1 - total(meant.map((m, i) => (m - (said[i] as number)) ** 2)) / total(meant.map((m) => (m - centre) ** 2))
    }),
  )
}
const x0 = ({ shape }: Value) => shape[0] as number
metricSuite(
  rSquared,
  [
    { plugin: rSquared(), ...numbers, expected: explained },
    { plugin: rSquared(), ...column, expected: explained },
    {
      plugin: rSquared(),
      predictions: [2, 2],
      targets: { values: { low: 999, high: 1001 } },
      expected: explained,
      tolerance: 1e-3,
      title: 'a large mean',
    },
  ],
  registries,
)

/** What a metric knows after one batch. */
function stateAfter(metric: Metric, predictions: Value, targets: Value): Values {
  const p = constant(predictions)
  const specs = metric.init(p)
  const names = Object.keys(specs)
  const state = Object.fromEntries(
    names.map((name) => [name, constant(filled('float32', specs[name]?.shape ?? [], specs[name]?.initial ?? 0))]),
  )
  const losses = constant(filled('float32', [x0(predictions)], 0))
  const next = metric.update(state, { predictions: p, targets: constant(targets), losses })
  const found = evaluate(names.map((name) => next[name] ?? p))
  return Object.fromEntries(names.map((name, i) => [name, found[i] as Value]))
}
const oneHots = (...classes: number[]) =>
  valueOf(
    'float32',
    [classes.length, 3],
    classes.flatMap((c) => [0, 1, 2].map((i) => Number(i === c))),
  )
const labels = (...data: number[]) => valueOf('int32', [data.length], data)

describe('by hand', () => {
  // Class 0: 2 of 3 found, and 1 of class 1 taken for it; class 2 is neither there nor predicted.
  const [said, meant] = [oneHots(0, 0, 1, 0, 1, 1, 1), labels(0, 0, 0, 1, 1, 1, 1)]
  const state = (metric: Metric) => stateAfter(metric, said, meant)

  test('the figures of the single classes', () => {
    expect(precision().details?.(state(precision()))).toEqual({ 0: 2 / 3, 1: 3 / 4, 2: 0 })
    expect(recall().details?.(state(recall()))).toEqual({ 0: 2 / 3, 1: 3 / 4, 2: 0 })
    expect(f1().result(state(f1()))).toBeCloseTo((2 / 3 + 3 / 4) / 2, 12)
    const one = f1({ positiveClass: 1 })
    expect(one.result(state(one))).toBe(3 / 4)
    expect(one.details?.(state(one))).toEqual({})
  })

  test('the confusion matrix: rows are classes, columns what they are taken for', () => {
    const metric = confusionMatrix()
    const cells = metric.details?.(state(metric)) ?? {}
    expect(
      confusionMatrixOf(Object.fromEntries(Object.entries(cells).map(([name, x]) => [`confusionMatrix.${name}`, x]))),
    ).toEqual([
      [2, 1, 0],
      [1, 3, 0],
      [0, 0, 0],
    ])
    expect(metric.result(state(metric))).toBe(5 / 7)
    expect(() => confusionMatrixOf({ accuracy: 1 })).toThrow(/confusionMatrixOf: the figures hold no confusion matrix/)
  })

  test('sure and half right: the calibration error is ½', () => {
    const metric = expectedCalibrationError()
    const sure = valueOf('float32', [4, 2], [50, 0, 50, 0, 50, 0, 50, 0])
    expect(metric.result(stateAfter(metric, sure, labels(0, 0, 1, 1)))).toBeCloseTo(0.5, 6)
  })

  test('the mean as prediction explains nothing; equal targets count 1 where they are met', () => {
    const metric = rSquared()
    const column = (...data: number[]) => valueOf('float32', [data.length, 1], data)
    expect(metric.result(stateAfter(metric, column(2, 2, 2), column(1, 2, 3)))).toBe(0)
    expect(metric.result(stateAfter(metric, column(5, 5), column(5, 5)))).toBe(1)
    expect(metric.result(stateAfter(metric, column(5, 6), column(5, 5)))).toBe(0)
  })

  test('of equal predictions the first classes come first, and NaN is a miss', () => {
    const scores = valueOf('float32', [3, 3], [1, 1, 1, 1, 1, 1, Number.NaN, 0, 0])
    const rate = (k: number) => {
      const metric = topKAccuracy(k)
      return metric.result(stateAfter(metric, scores, labels(0, 2, 0)))
    }
    expect([rate(1), rate(2), rate(3)]).toEqual([1 / 3, 1 / 3, 2 / 3])
  })
})

test('a large mean costs R² no accuracy over 60,000 samples', () => {
  const noise = randomValue({ dtype: 'float32', shape: [60_000, 1] }, 5, { low: -1, high: 1 })
  const targets = valueOf(
    'float32',
    [60_000, 1],
    all(noise).map((x) => 1000 + x),
  )
  const predictions = valueOf(
    'float32',
    [60_000, 1],
    all(targets).map((x, i) => x + (i % 2 === 0 ? 0.25 : -0.25)),
  )
  const losses = filled('float32', [60_000], 0)
  const metric = rSquared()
  const batches = [...Array.from({ length: 119 }, () => 500), 499, 1]
  expect(streamMetric(metric, { predictions, targets, losses }, batches)).toBeCloseTo(
    explained(predictions, targets),
    3,
  )
})

test('figures have names that tell metrics of one kind apart', () => {
  const figures = [
    topKAccuracy(),
    topKAccuracy(1),
    f1(),
    f1({ average: 'micro' }),
    recall({ positiveClass: 3 }),
    precision({ average: 'weighted' }),
    accuracy(),
  ]
  expect(figures.map(({ name, figure }) => figure ?? name)).toEqual([
    'top5Accuracy',
    'top1Accuracy',
    'f1',
    'microF1',
    'recallOfClass3',
    'weightedPrecision',
    'accuracy',
  ])
})

test('what does not fit is refused', () => {
  const at = (metric: Metric, predictions: number[], targets: number[]) => () =>
    stateAfter(metric, filled('float32', predictions, 0), filled('int32', targets, 0))
  expect(at(f1({ positiveClass: 3 }), [2, 3], [2])).toThrow(OptionError)
  expect(() => topKAccuracy(0)).toThrow(OptionError)
  expect(() => expectedCalibrationError({ bins: 1.5 })).toThrow(OptionError)
  for (const metric of [f1(), confusionMatrix(), topKAccuracy(), expectedCalibrationError()])
    expect(at(metric, [2, 3], [2, 4]), metric.name).toThrow(ShapeError)
  for (const metric of [absoluteError(), squaredError(), rSquared()])
    expect(at(metric, [2, 3], [2]), metric.name).toThrow(ShapeError)
})
