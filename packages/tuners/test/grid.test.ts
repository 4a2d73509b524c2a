import { type Distribution, OptionError, type TrialRecord } from '@gradwerk/core'
import { type Ask, searchWith, startedTrial, suggestCall } from '@gradwerk/testing'
import { grid } from '@gradwerk/tuners'
import { expect, test } from 'vitest'

const rate: Distribution = { type: 'float', low: 1e-4, high: 1, log: true }
const units: Distribution = { type: 'int', low: 1, high: 2 }
const method: Distribution = { type: 'categorical', choices: ['plain', 'heavy'] }
const momentum: Distribution = { type: 'float', low: 0, high: 1 }

function combinations(
  evaluate: (ask: Ask) => number,
  count: number,
  seed = 1,
  sampler = grid({ points: 4 }),
): string[] {
  const { trials } = searchWith(sampler, { name: 'any', evaluate }, seed, count)
  return trials.map(({ parameters }) => JSON.stringify(parameters))
}

const plain = (ask: Ask): number => Number(ask('rate', rate)) + Number(ask('units', units))

test('a range has the middles of its cells, fewer where they coincide, and every combination comes once', () => {
  const seen = combinations(plain, 8)
  expect(new Set(seen).size).toBe(8)
  const rates = new Set(seen.map((text) => Number(JSON.parse(text).rate).toPrecision(6)))
  expect([...rates].map(Number).toSorted((a, b) => a - b)).toEqual(
    [10 ** -3.5, 10 ** -2.5, 10 ** -1.5, 10 ** -0.5].map((x) => Number(x.toPrecision(6))),
  )
})

test('the order follows from the seed', () => {
  expect(combinations(plain, 8, 1)).not.toEqual(combinations(plain, 8, 2))
  expect(combinations(plain, 8, 1).toSorted()).toEqual(combinations(plain, 8, 2).toSorted())
})

test('after the last combination it begins again', () => {
  const seen = combinations(plain, 24)
  for (const round of [0, 8, 16]) expect(new Set(seen.slice(round, round + 8)).size).toBe(8)
})

test('a conditional parameter is gone through only where it exists', () => {
  const conditional = (ask: Ask): number => {
    ask('units', units)
    return ask('method', method) === 'plain' ? 0 : Number(ask('momentum', momentum))
  }
  // 2 units: plain, and heavy at 4 momenta.
  expect(new Set(combinations(conditional, 10)).size).toBe(10)
})

test('a running trial holds its combination, one that has some parameters only if there are others', () => {
  const space = { units, method }
  const running = (number: number, parameters: TrialRecord['parameters']): TrialRecord => ({
    ...startedTrial(number),
    parameters,
    distributions: space,
  })
  const trials = [
    running(0, { units: 1, method: 'plain' }),
    running(1, { units: 2, method: 'plain' }),
    running(2, { units: 1 }),
  ]
  for (let seed = 0; seed < 10; seed++)
    expect(grid().suggest(suggestCall(seed, startedTrial(3), trials, space))).toEqual({ units: 2, method: 'heavy' })
})

test('values of its own, those outside of the domain left out', () => {
  const sampler = grid({ values: { rate: [1e-9, 0.5, 0.25], units: [2] } })
  const seen = combinations(plain, 2, 1, sampler).map((text) => JSON.parse(text))
  expect(seen.map((parameters) => parameters.rate).toSorted()).toEqual([0.25, 0.5])
  const call = suggestCall(1, startedTrial(0), [], { units })
  expect(() => grid({ values: { units: [3] } }).suggest(call)).toThrow("no value for 'units' lies in its domain")
})

test('a grid that nobody could finish is refused', () => {
  const space = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`x${i}`, momentum]))
  const suggest = () => grid().suggest(suggestCall(1, startedTrial(0), [], space))
  expect(suggest).toThrow(OptionError)
  expect(suggest).toThrow('expected at most 100000; got 390625')
})
