// What holds for metrics.

import { constant, dynamic, evaluate, filled, input, type Metric, type Value, type Values } from '@gradwerk/core'
import { CheckError, check } from '../errors.ts'
import { type PredictionCase, predictionsOf, rowsOf, targetsOf } from '../targets.ts'
import { randomValue } from '../values.ts'
import type { PluginCase } from './plugin.ts'

export interface MetricCase extends PluginCase<Metric>, PredictionCase {
  /** The result computed plainly from all samples. */
  readonly expected?: (predictions: Value, targets: Value, losses: Value) => number
  /** Default 1e-5. */
  readonly tolerance?: number
}

interface Samples {
  readonly predictions: Value
  readonly targets: Value
  readonly losses: Value
}

const count = 24

function samplesOf(testCase: MetricCase): Samples {
  const losses = randomValue({ dtype: 'float32', shape: [count] }, 93, { low: 0, high: 2 })
  return { predictions: predictionsOf(testCase, count), targets: targetsOf(testCase, count), losses }
}

/** The result over batches of the given sizes, one program with a dynamic batch axis for all. */
export function streamMetric(metric: Metric, samples: Samples, batches: readonly number[], open = true): number {
  const entries = Object.entries(samples) as [keyof Samples, Value][]
  const length = open ? dynamic : (batches[0] as number)
  const call = Object.fromEntries(
    entries.map(([name, { shape, dtype }]) => [name, input(name, [length, ...shape.slice(1)], dtype)]),
  )
  const { predictions, targets, losses } = call as Record<keyof Samples, ReturnType<typeof input>>
  const specs = metric.init(predictions)
  const state = Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => [name, input(`state.${name}`, shape)]),
  )
  const next = metric.update(state, { predictions, targets, losses })
  const names = Object.keys(specs)
  check(Object.keys(next).toSorted().join() === names.toSorted().join(), metric.name, 'an update gives other states', {
    expected: names.join(', '),
    got: Object.keys(next).join(', '),
  })
  for (const name of names)
    check(
      next[name]?.shape.join() === state[name]?.shape.join() && next[name]?.dtype === 'float32',
      metric.name,
      `state '${name}' changes its type`,
      {
        expected: `float32 [${state[name]?.shape.join(', ')}]`,
        got: `${next[name]?.dtype} [${next[name]?.shape.join(', ')}]`,
      },
    )
  let values: Values = Object.fromEntries(
    Object.entries(specs).map(([name, { shape, initial }]) => [name, filled('float32', shape, initial)]),
  )
  let start = 0
  for (const size of batches) {
    const feeds: Values = {
      ...Object.fromEntries(entries.map(([name, value]) => [name, rowsOf(value, start, start + size)])),
      ...Object.fromEntries(names.map((name) => [`state.${name}`, values[name] as Value])),
    }
    const results = evaluate(
      names.map((name) => next[name] ?? constant(values[name] as Value)),
      feeds,
    )
    values = Object.fromEntries(names.map((name, i) => [name, results[i] as Value]))
    start += size
  }
  return metric.result(values)
}

/** Several batches give the result of one, a dynamic batch axis that of a fixed one, and both what is expected. */
export function assertStreams(testCase: MetricCase): void {
  const { plugin, tolerance = 1e-5, expected } = testCase
  check(plugin.mode === 'min' || plugin.mode === 'max', plugin.name, 'its mode is neither min nor max', {
    got: String(plugin.mode),
  })
  const samples = samplesOf(testCase)
  const whole = streamMetric(plugin, samples, [count], false)
  check(Number.isFinite(whole), plugin.name, 'its result is not finite', { got: String(whole) })
  const agree = (problem: string, got: number, wanted: number) => {
    if (!(Math.abs(got - wanted) <= tolerance * (1 + Math.abs(wanted))))
      throw new CheckError({ who: plugin.name, problem, expected: String(wanted), got: String(got) })
  }
  agree('a dynamic batch gives another result', streamMetric(plugin, samples, [count]), whole)
  for (const batches of [[12, 12], [11, 1, 12], Array.from({ length: count }, () => 1)])
    agree(
      `batches of ${batches.join(', ')} give another result than one batch`,
      streamMetric(plugin, samples, batches),
      whole,
    )
  if (expected !== undefined)
    agree('its result is not what is stated', whole, expected(samples.predictions, samples.targets, samples.losses))
}

/** Two metrics give the same result. */
export function assertSameMetric(testCase: MetricCase, again: Metric): void {
  const samples = samplesOf(testCase)
  const [expected, got] = [testCase.plugin, again].map((metric) => streamMetric(metric, samples, [count]))
  check(
    Object.is(got, expected) && again.mode === testCase.plugin.mode,
    again.name,
    'made again from its options, it gives another result',
    {
      expected: String(expected),
      got: String(got),
    },
  )
}
