import { type Distribution, keyOf, OptionError, randomStream } from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { checkDistribution, compatible, contains, fromInternal, isSingle, toInternal } from './distribution.ts'
import { highestOnGrid, onGrid, stepsBetween } from './grid.ts'
import { drawUniform, fromUnit, toUnit } from './unit.ts'

const nan = Number.NaN

test.each<[Distribution, string]>([
  [{ type: 'float', low: 1, high: 0 }, 'the range is empty; expected high ≥ low (1); got 0'],
  [{ type: 'float', low: nan, high: 0 }, 'bounds that are no numbers'],
  [{ type: 'float', low: 0, high: Infinity }, 'two finite numbers'],
  [{ type: 'int', low: 0, high: 1.5 }, 'two whole numbers'],
  [{ type: 'float', low: -1e308, high: 1e308 }, 'the range is too wide'],
  [{ type: 'float', low: 0, high: 1, log: true }, 'low > 0'],
  [{ type: 'int', low: 0, high: 4, log: true }, 'low ≥ 1'],
  [{ type: 'float', low: 0, high: 1, step: 0 }, 'a step that leads nowhere'],
  [{ type: 'int', low: 0, high: 1, step: 0.5 }, 'a whole number ≥ 1'],
  [{ type: 'float', low: 0.1, high: 1, log: true, step: 0.1 }, 'a logarithmic range with a step'],
  [{ type: 'int', low: 1, high: 9, log: true, step: 2 }, 'a logarithmic range with a step'],
  [{ type: 'categorical', choices: [] }, 'nothing to choose from'],
  [{ type: 'categorical', choices: ['a', 'a'] }, 'two choices are the same'],
  [{ type: 'categorical', choices: [() => 1] }, 'no JSON value'],
  [{ type: 'categorical', choices: [undefined] }, 'no JSON value'],
])('%j is refused', (distribution, message) => {
  expect(() => checkDistribution('rate', distribution)).toThrow(OptionError)
  expect(() => checkDistribution('rate', distribution)).toThrow(message)
  expect(() => checkDistribution('rate', distribution)).toThrow('parameter rate: ')
})

test.each([
  [0, 1, 0.1, 10, 1],
  [0, 0.35, 0.1, 3, 0.3],
  [0.1, 0.7, 0.2, 3, 0.7],
  [-1, 1, 0.3, 6, 0.8],
  [1e-7, 1e-6, 3e-7, 3, 1e-6],
  [8, 256, 16, 15, 248],
])('from %d to %d by %d there are %d steps, the last at %d', (low, high, step, count, last) => {
  expect(stepsBetween(low, high, step)).toBe(count)
  expect(highestOnGrid(low, high, step)).toBe(last)
  expect(onGrid(low, step, 0)).toBe(low)
})

const ranges: Distribution[] = [
  { type: 'float', low: -5, high: 10 },
  { type: 'float', low: 1e-5, high: 1, log: true },
  { type: 'float', low: 0, high: 1, step: 0.1 },
  { type: 'int', low: 8, high: 256 },
  { type: 'int', low: 1, high: 64, log: true },
  { type: 'int', low: 0, high: 9, step: 3 },
]

describe.each(ranges)('%j', (range) => {
  if (range.type === 'categorical') return
  test('values of the unit interval lie in it, the ends at the ends', () => {
    expect(fromUnit(range, 0)).toBe(range.low)
    expect(fromUnit(range, 1)).toBeCloseTo(range.high, 12)
    for (let u = 0; u <= 1; u += 1 / 64) expect(contains(range, fromUnit(range, u))).toBe(true)
  })

  test('values find their place again', () => {
    for (let u = 0.01; u < 1; u += 0.07) {
      const value = fromUnit(range, u)
      expect(fromUnit(range, toUnit(range, value))).toBeCloseTo(value, 10)
    }
  })
})

test('whole numbers are drawn equally often, the ends as well', () => {
  const random = randomStream(keyOf(1))
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 8000; i++) {
    const drawn = drawUniform({ type: 'int', low: 0, high: 3 }, random) as number
    counts[drawn] = (counts[drawn] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(2000 * 0.75))
})

test('choices are any JSON values, kept by their index', () => {
  const choices = ['sgd', null, [32, 64], { kind: 'adam' }]
  const distribution: Distribution = { type: 'categorical', choices }
  expect(choices.map((choice) => toInternal(distribution, structuredClone(choice)))).toEqual([0, 1, 2, 3])
  expect(fromInternal(distribution, 3)).toEqual({ kind: 'adam' })
  expect(toInternal(distribution, 'adam')).toBeUndefined()
  expect(isSingle(distribution)).toBe(false)
  expect(isSingle({ type: 'float', low: 1, high: 1 })).toBe(true)
})

test('bounds may change within a study, scale and choices may not', () => {
  const int: Distribution = { type: 'int', low: 1, high: 4 }
  expect(compatible(int, { type: 'int', low: 2, high: 9, step: 2 })).toBe(true)
  expect(compatible(int, { ...int, log: true })).toBe(false)
  expect(compatible(int, { ...int, type: 'float' })).toBe(false)
  const choice: Distribution = { type: 'categorical', choices: ['a', 'b'] }
  expect(compatible(choice, { type: 'categorical', choices: ['b', 'a'] })).toBe(false)
  expect(compatible(choice, int)).toBe(false)
})

test('where there is a step, a domain holds what is on its grid, however it was computed', () => {
  const tenths: Distribution = { type: 'float', low: 0, high: 1, step: 0.1 }
  expect([0, 0.3, 0.1 + 0.2, 1].map((value) => contains(tenths, value))).toEqual([true, true, true, true])
  expect([0.25, 1.1, -0.1].map((value) => contains(tenths, value))).toEqual([false, false, false])
  const fine: Distribution = { type: 'float', low: 0, high: 1, step: 1e-15 }
  expect(contains(fine, fromUnit(fine, 0.9207))).toBe(true)
  const odd: Distribution = { type: 'int', low: -3, high: 9, step: 2 }
  expect([-3, 5, 9, 4].map((value) => contains(odd, value))).toEqual([true, true, true, false])
})

test('a number between whole ones, or outside, has no place', () => {
  expect(toInternal({ type: 'int', low: 0, high: 3 }, 1.5)).toBeUndefined()
  expect(toInternal({ type: 'float', low: 0, high: 3 }, 3.5)).toBeUndefined()
  expect(toInternal({ type: 'float', low: 0, high: 3 }, '1')).toBeUndefined()
  expect(toInternal({ type: 'float', low: 0, high: 3 }, nan)).toBeUndefined()
})
