import { type Distribution, keyOf, randomStream, type TrialRecord } from '@gradwerk/core'
import { startedTrial, suggestCall } from '@gradwerk/testing'
import { tpe } from '@gradwerk/tuners'
import { expect, test } from 'vitest'

const unit: Distribution = { type: 'float', low: 0, high: 1 }
const space = { x: unit, y: unit }
const random = randomStream(keyOf(7))

function complete(number: number, parameters: Record<string, unknown>, values: number[]): TrialRecord {
  const distributions: Record<string, Distribution> = Object.fromEntries(
    Object.keys(parameters).map((name) => [name, unit]),
  )
  return { ...startedTrial(number), state: 'complete', parameters, distributions, values }
}

/** A bowl around (0.5, 0.5), seen at random points. */
const seen = Array.from({ length: 30 }, (_, number) => {
  const [x, y] = [random.uniform(), random.uniform()]
  return complete(number, { x, y }, [(x - 0.5) ** 2 + (y - 0.5) ** 2])
})

const seeds = Array.from({ length: 40 }, (_, seed) => seed)
const suggestions = (trials: readonly TrialRecord[], sampler = tpe()) =>
  seeds.map((seed) => sampler.suggest(suggestCall(seed, startedTrial(trials.length), trials, space)))
const meanDistance = (points: readonly Readonly<Record<string, unknown>>[]) =>
  points.reduce((sum, { x, y }) => sum + Math.hypot(Number(x) - 0.5, Number(y) - 0.5), 0) / points.length

test('it goes to where trials were good', () => {
  // At random: 0.38.
  expect(meanDistance(suggestions(seen))).toBeLessThan(0.2)
})

test('only the order of values matters', () => {
  const steeper = seen.map((trial) => ({ ...trial, values: trial.values?.map((value) => Math.exp(30 * value)) }))
  expect(suggestions(steeper)).toEqual(suggestions(seen))
})

test('to maximize is to minimize the negative', () => {
  const negative = seen.map((trial) => ({ ...trial, values: trial.values?.map((value) => -value) }))
  const turned = seeds.map((seed) => {
    const call = suggestCall(seed, startedTrial(negative.length), negative, space)
    return tpe().suggest({ ...call, study: { ...call.study, directions: ['maximize'] } })
  })
  expect(turned).toEqual(suggestions(seen))
})

test('where other workers are trying it goes less', () => {
  const running = Array.from({ length: 12 }, (_, i) => ({
    ...complete(100 + i, { x: 0.5, y: 0.5 }, []),
    state: 'running' as const,
    values: undefined,
  }))
  expect(meanDistance(suggestions([...seen, ...running]))).toBeGreaterThan(1.3 * meanDistance(suggestions(seen)))
})

test('a parameter that is asked for alone follows what the trial has already', () => {
  // y should be where x is.
  const ridge = Array.from({ length: 80 }, (_, number) => {
    const [x, y] = [random.uniform(), random.uniform()]
    return complete(number, { x, y }, [Math.abs(x - y)])
  })
  const suggested = (x: number) => {
    const trial = { ...startedTrial(80), parameters: { x }, distributions: { x: unit } }
    const values = seeds.map((seed) => Number(tpe().suggest(suggestCall(seed, trial, ridge, { y: unit }))['y']))
    return values.reduce((a, b) => a + b, 0) / values.length
  }
  expect(suggested(0.9) - suggested(0.1)).toBeGreaterThan(0.4)
})

test('of two directions it goes between their minima', () => {
  const two = seen.map((trial) => {
    const [x, y] = [Number(trial.parameters['x']), Number(trial.parameters['y'])]
    return { ...trial, values: [x * x + (y - 0.5) ** 2, (1 - x) ** 2 + (y - 0.5) ** 2] }
  })
  const heights = seeds.map((seed) => {
    const call = suggestCall(seed, startedTrial(two.length), two, space)
    const { y } = tpe().suggest({ ...call, study: { ...call.study, directions: ['minimize', 'minimize'] } })
    return Math.abs(Number(y) - 0.5)
  })
  // At random: 0.25.
  expect(heights.reduce((a, b) => a + b, 0) / heights.length).toBeLessThan(0.15)
})

test('the first trials keep apart', () => {
  const first = [complete(0, { x: 0, y: 0 }, [0])]
  const far = (points: readonly Readonly<Record<string, unknown>>[]) =>
    points.reduce((sum, { x, y }) => sum + Math.hypot(Number(x), Number(y)), 0) / points.length
  // The mean distance of a random point from a corner is 0.765.
  expect(far(suggestions(first))).toBeGreaterThan(0.85)
})
