import type { Direction, SearchSpace, TrialRecord } from '@gradwerk/core'
import { fold, keyOf, randomStream } from '@gradwerk/core'
import { samplerSuite } from '@gradwerk/testing'
import * as tuners from '@gradwerk/tuners'
import { describe, expect, test } from 'vitest'

const { bayesian, gaussianProcess } = tuners

describe('gaussianProcess', () =>
  samplerSuite(gaussianProcess, [{ plugin: gaussianProcess(), seeds: 6, evaluations: 18 }]))

const space: SearchSpace = {
  x: { type: 'float', low: -5, high: 5 },
  kind: { type: 'categorical', choices: ['a', 'b'] },
  y: { type: 'float', low: 1e-3, high: 10, log: true },
}
const cost = ({ x, y, kind }: Readonly<Record<string, unknown>>): number =>
  (Number(x) - 1) ** 2 + (kind === 'b' ? 2 : Math.log10(Number(y)) ** 2)

function trialOf(
  number: number,
  parameters: Readonly<Record<string, unknown>>,
  rest: Partial<TrialRecord> = {},
): TrialRecord {
  const distributions = Object.fromEntries(Object.entries(space).filter(([name]) => Object.hasOwn(parameters, name)))
  return { number, state: 'complete', parameters, distributions, values: undefined, intermediate: new Map(), ...rest }
}

const stream = (number: number) => randomStream(fold(keyOf(1), number))

/** `y` belongs to kind 'a' alone. */
const seen = Array.from({ length: 24 }, (_, number) => {
  const drawn = tuners.random().suggest({
    study: { directions: ['minimize'], trials: [] },
    trial: trialOf(number, {}),
    space,
    random: stream(number),
  })
  const { y, ...rest } = drawn
  const parameters = drawn['kind'] === 'a' ? { ...rest, y } : rest
  return trialOf(number, parameters, { values: [cost(parameters)] })
})

function suggest(
  trials: readonly TrialRecord[],
  more: { directions?: readonly Direction[]; trial?: TrialRecord; space?: SearchSpace } = {},
) {
  const trial = more.trial ?? trialOf(trials.length, {}, { state: 'running' })
  const study = { directions: more.directions ?? (['minimize'] as const), trials: [...trials, trial] }
  return gaussianProcess().suggest({ study, trial, space: more.space ?? space, random: stream(trials.length) })
}

test('bayesian is another name for it', () => {
  expect(bayesian).toBe(gaussianProcess)
})

test('it suggests what the trials point to, in either direction', () => {
  expect(cost(suggest(seen))).toBeLessThan(0.2)
  const turned = seen.map((trial) => ({ ...trial, values: trial.values?.map((value) => -value) ?? [] }))
  expect(suggest(turned, { directions: ['maximize'] })).toEqual(suggest(seen))
})

test('parallel trials get suggestions apart from each other', () => {
  const few = seen.slice(0, 14)
  const running: TrialRecord[] = []
  for (let i = 0; i < 5; i++) {
    const number = few.length + i
    const suggested = suggest([...few, ...running], { trial: trialOf(number, {}, { state: 'running' }) })
    running.push(trialOf(number, suggested, { state: 'running' }))
  }
  const places = running.map(({ parameters: { x, y, kind } }) => [
    Number(x) / 10,
    Math.log10(Number(y)) / 4,
    kind === 'a' ? 1 : 0,
  ])
  places.forEach((a, i) => {
    for (const b of places.slice(0, i))
      expect(Math.hypot(...a.map((v, c) => v - (b[c] as number)))).toBeGreaterThan(0.01)
  })
})

test('a parameter asked for alone fits those that the trial has', () => {
  const trial = trialOf(seen.length, { x: 1, kind: 'a' }, { state: 'running' })
  const { y, ...others } = suggest(seen, { trial, space: { y: space['y'] as never } })
  expect(others).toEqual({})
  expect(Math.abs(Math.log10(Number(y)))).toBeLessThan(0.7)
})

test('a parameter that no trial had is drawn; those before are modelled', () => {
  const grown: SearchSpace = { ...space, more: { type: 'int', low: 3, high: 9 } }
  const { more, ...known } = suggest(seen, { space: grown })
  expect(Number(more)).toBeGreaterThanOrEqual(3)
  expect(cost(known)).toBeLessThan(0.2)
})

test('failed and pruned trials keep it away from where they were', () => {
  // Everything with x > 0 failed: what is left has its best at x = 0.
  const mixed = seen.map((trial, i) => {
    if (Number(trial.parameters['x']) <= 0) return trial
    return i % 2 === 0
      ? { ...trial, state: 'failed' as const, values: undefined }
      : { ...trial, state: 'pruned' as const, values: [-100] }
  })
  const { x } = suggest(mixed)
  expect(Number(x)).toBeLessThan(1)
})

test('of two directions it suggests points of the front', () => {
  const both = seen.map((trial) => {
    const x = Number(trial.parameters['x'])
    return { ...trial, values: [(x - 1) ** 2, (x + 1) ** 2] }
  })
  for (let i = 0; i < 6; i++) {
    const trial = trialOf(seen.length + i, {}, { state: 'running' })
    const { x } = suggest([...both, trialOf(99, {}, { state: 'waiting' })].slice(0, seen.length), {
      directions: ['minimize', 'minimize'],
      trial,
    })
    expect(Math.abs(Number(x))).toBeLessThan(1.6)
  }
})

test('it refuses a start of fewer than two trials', () => {
  expect(() => gaussianProcess({ startup: 1 })).toThrow("option 'startup'")
})
