// Importances of functions whose variance can be divided by hand.

import { OptionError } from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { createStudy, parameterImportances, quasiRandom, StudyError, type Trial } from '../src/index.ts'

async function studyOf(objective: (trial: Trial) => number | number[], trials: number, directions?: 'minimize'[]) {
  const study = createStudy({ sampler: quasiRandom(), seed: 3, ...(directions ? { directions } : {}) })
  await study.optimize(objective, { trials })
  return study
}

async function importancesOf(objective: (trial: Trial) => number, trials = 200) {
  const { parameters, interactions } = parameterImportances(await studyOf(objective, trials))
  return {
    importance: Object.fromEntries(parameters.map((one) => [one.parameter, one.importance])),
    variance: Object.fromEntries(parameters.map((one) => [one.parameter, one.variance])),
    joint: Object.fromEntries(interactions.map((one) => [one.parameters.join(), one.variance])),
  }
}

/** Whether numbers are known ones, but for what a forest of so many trials does not see. */
function expectNear(found: Record<string, number>, known: Record<string, number>, tolerance: number): void {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(known).toSorted())
  for (const [name, value] of Object.entries(known))
    expect(Math.abs((found[name] ?? Number.NaN) - value), name).toBeLessThan(tolerance)
}

describe('parts that are known', () => {
  test('steps, which trees can be: (4, 1, 0) / 5, and nothing together', async () => {
    const steps = (trial: Trial) =>
      2 * Number(trial.float('large', 0, 1) < 0.5) +
      Number(trial.float('small', 0, 1) < 0.5) +
      0 * trial.float('none', 0, 1)
    const { importance, variance, joint } = await importancesOf(steps)
    expectNear(importance, { large: 0.8, small: 0.2, none: 0 }, 0.01)
    expectNear(variance, { large: 0.8, small: 0.2, none: 0 }, 0.01)
    expectNear(joint, { 'large,small': 0, 'large,none': 0, 'small,none': 0 }, 0.01)
  })

  test('a sum over a logarithmic range, choices and whole numbers: variances 25/12, 5/4 and 21/64', async () => {
    const { importance } = await importancesOf((trial) => {
      const rate = Math.log10(trial.float('rate', 1e-5, 1, { log: true }))
      const kind = { a: 0, b: 2, c: 1, d: 3 }[trial.categorical('kind', ['a', 'b', 'c', 'd'])]
      return rate + kind + trial.int('count', 1, 8) / 4
    })
    const total = 25 / 12 + 5 / 4 + 21 / 64
    expectNear(importance, { rate: 25 / 12 / total, kind: 5 / 4 / total, count: 21 / 64 / total }, 0.05)
  })

  test('a product of centred numbers: nothing alone, everything together', async () => {
    const { variance, joint } = await importancesOf((trial) => trial.float('x', -1, 1) * trial.float('y', -1, 1))
    expect(variance['x']).toBeLessThan(0.12)
    expect(variance['y']).toBeLessThan(0.12)
    expect(joint['x,y']).toBeGreaterThan(0.8)
  })

  test("Ishigami's function: 0.31, 0.44 and 0 alone, 0.24 of the first and third together", async () => {
    const { variance, joint } = await importancesOf((trial) => {
      const [x = 0, y = 0, z = 0] = ['x', 'y', 'z'].map((name) => trial.float(name, -Math.PI, Math.PI))
      return Math.sin(x) + 7 * Math.sin(y) ** 2 + 0.1 * z ** 4 * Math.sin(x)
    }, 500)
    expectNear(variance, { x: 0.314, y: 0.442, z: 0 }, 0.15)
    expectNear(joint, { 'x,z': 0.244, 'x,y': 0, 'y,z': 0 }, 0.08)
  })
})

const conditional = (trial: Trial) =>
  trial.categorical('kind', ['a', 'b']) === 'a' ? trial.float('x', 0, 1) : 0.5 + 0 * trial.float('y', 0, 1)

test('without a choice, parameters count that all trials have; given ones, only trials that have them', async () => {
  const study = await studyOf(conditional, 60)
  expect(parameterImportances(study).parameters.map(({ parameter }) => parameter)).toEqual(['kind'])
  const { parameters } = parameterImportances(study, { parameters: ['kind', 'x'] })
  expect(parameters.map(({ parameter, importance }) => [parameter, importance])).toEqual([
    ['x', 1],
    ['kind', 0],
  ])
})

test('the target may be another value, or any number of a trial', async () => {
  const objective = (trial: Trial) => [trial.float('x', 0, 1), trial.float('y', 0, 1)]
  const study = await studyOf(objective, 100, ['minimize', 'minimize'])
  const first = (target: Parameters<typeof parameterImportances>[1]) =>
    parameterImportances(study, target).parameters[0]?.parameter
  expect(first({})).toBe('x')
  expect(first({ target: 1 })).toBe('y')
  expect(first({ target: ({ parameters }) => Number(parameters['y']) - Number(parameters['x']) / 9 })).toBe('y')
})

test('the same study gives the same numbers; an objective that is constant gives none', async () => {
  const study = await studyOf((trial) => trial.float('x', 0, 1) + trial.int('n', 1, 3), 30)
  expect(parameterImportances(study)).toEqual(parameterImportances(study))
  const flat = await studyOf((trial) => 0 * trial.float('x', 0, 1), 30)
  expect(parameterImportances(flat).parameters).toEqual([{ parameter: 'x', importance: 0, variance: 0 }])
})

test.each([
  ['far from 0', (x: number) => 1e12 + x],
  ['huge', (x: number) => 1e308 * x],
  ['tiny', (x: number) => 1e-300 * x],
])('values may be %s', async (_, scaled) => {
  const plain = (trial: Trial) => trial.float('large', -1, 1) + 0.5 * trial.float('small', -1, 1)
  const { variance } = await importancesOf((trial) => scaled(plain(trial)), 60)
  const expected = await importancesOf(plain, 60)
  expectNear(variance, expected.variance, 0.01)
})

test('infinite values and unfinished trials do not count', async () => {
  const study = await studyOf((trial) => (trial.number < 20 ? trial.float('x', 0, 1) : Infinity), 30)
  study.ask().float('other', 0, 1)
  expect(parameterImportances(study).parameters.map(({ parameter }) => parameter)).toEqual(['x'])
})

describe('mistakes', () => {
  test('too few trials, and none in common', async () => {
    const one = await studyOf((trial) => trial.float('x', 0, 1), 1)
    expect(() => parameterImportances(one)).toThrow(
      new StudyError({
        who: 'study study',
        problem: 'there is too little to learn from',
        expected: 'two complete trials with finite values and parameters in common',
        got: '1 of 1 trials, with 1 parameters in common',
      }),
    )
    const apart = await studyOf((trial) => trial.float(trial.number < 2 ? 'x' : 'y', 0, 1), 4)
    expect(() => parameterImportances(apart)).toThrow('the option parameters: some of x, y')
  })

  test('parameters and directions that do not exist', async () => {
    const study = await studyOf(conditional, 10)
    expect(() => parameterImportances(study, { parameters: ['z'] })).toThrow(`no complete trial has a parameter 'z'`)
    expect(() => parameterImportances(study, { target: 1 })).toThrow('there is no such value')
    expect(() => parameterImportances(study, { target: 1 })).toThrow(OptionError)
    expect(() => parameterImportances(study, { trees: 0 })).toThrow(OptionError)
  })
})
