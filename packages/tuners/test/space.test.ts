// Declared spaces: what they give, and the types that the objective sees.

import { OptionError } from '@gradwerk/core'
import { expect, expectTypeOf, test } from 'vitest'
import { categorical, createStudy, defineSpace, float, int, StudyError, type Trial } from '../src/index.ts'

const space = defineSpace({
  optimizer: categorical(['sgd', 'adam', null]),
  rate: float(1e-5, 1, { log: true }),
  k1: int(1, 64),
  k2: ({ k1 }) => int(k1, 64),
  momentum: ({ optimizer }) => (optimizer === 'sgd' ? float(0, 0.99) : undefined),
})

test('types are inferred for the objective', async () => {
  const study = createStudy({ space })
  await study.optimize(
    (parameters, trial) => {
      expectTypeOf(parameters.optimizer).toEqualTypeOf<'sgd' | 'adam' | null>()
      expectTypeOf(parameters.rate).toEqualTypeOf<number>()
      expectTypeOf(parameters.k2).toEqualTypeOf<number>()
      expectTypeOf(parameters.momentum).toEqualTypeOf<number | undefined>()
      expectTypeOf(trial).toEqualTypeOf<Trial<typeof parameters>>()
      // @ts-expect-error: there is no such parameter
      expect(parameters.nothing).toBeUndefined()
      return parameters.rate
    },
    { trials: 1 },
  )
  expectTypeOf(study.ask().parameters.k1).toEqualTypeOf<number>()
  const trial = createStudy().ask()
  expectTypeOf(trial.categorical('size', [32, 'auto'])).toEqualTypeOf<32 | 'auto'>()
  expectTypeOf(trial.float('rate', 0, 1)).toEqualTypeOf<number>()
})

test('functions of a declared space know the plain parameters', () => {
  // @ts-expect-error: a choice is no bound
  defineSpace({ optimizer: categorical(['sgd']), width: ({ optimizer }) => int(optimizer, 4) })
  // @ts-expect-error: there is no such parameter
  defineSpace({ k1: int(1, 4), k2: ({ k3 }) => int(k3, 4) })
})

test('bounds depend on other parameters, and parameters on conditions', () => {
  const study = createStudy({ space, seed: 3 })
  for (let i = 0; i < 60; i++) study.tell(study.ask(), i)
  const trials = study.trials()
  expect(new Set(trials.map(({ parameters }) => parameters['optimizer']))).toEqual(new Set(['sgd', 'adam', null]))
  for (const { parameters, distributions } of trials) {
    expect(parameters['k2']).toBeGreaterThanOrEqual(parameters['k1'] as number)
    expect(distributions['k2']).toEqual({ type: 'int', low: parameters['k1'], high: 64 })
    expect('momentum' in parameters).toBe(parameters['optimizer'] === 'sgd')
    expect(Object.keys(parameters).slice(0, 4)).toEqual(['optimizer', 'rate', 'k1', 'k2'])
  }
})

test('empty domains are refused where they are declared', () => {
  expect(() => defineSpace({ rate: float(1, 0) })).toThrow(OptionError)
  expect(() => defineSpace({ rate: float(0, 1, { log: true }) })).toThrow('parameter rate')
  expect(() => defineSpace({ rate: 3 } as never)).toThrow('parameter rate: it is no domain')
})

test('a domain that a function makes empty fails its trial and stops the study', async () => {
  const study = createStudy({ space: defineSpace({ a: int(1, 4), b: ({ a }) => int(a + 9, 5) }) })
  await expect(study.optimize(() => 0, { trials: 3, onError: 'continue' })).rejects.toThrow(OptionError)
  expect(study.trials().map(({ state }) => state)).toEqual(['failed'])
  expect(() => study.ask()).toThrow(OptionError)
  expect(study.trials().map(({ state }) => state)).toEqual(['failed', 'failed'])
})

test('enqueued points are checked against the space', () => {
  const study = createStudy({ space })
  expect(() => study.enqueue({ rte: 1 })).toThrow(StudyError)
  expect(() => study.enqueue({ k1: 65 })).toThrow("the enqueued value of 'k1' is outside its domain")
  study.enqueue({ k1: 60, k2: 61 })
  expect(study.ask().parameters).toMatchObject({ k1: 60, k2: 61 })
})
