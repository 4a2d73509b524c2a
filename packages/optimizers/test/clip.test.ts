import { OptionError, type Value } from '@gradwerk/core'
import * as optimizers from '@gradwerk/optimizers'
import { clipByGlobalNorm, clipByNorm, clipByValue, linear } from '@gradwerk/optimizers'
import { gradientTransformSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { numbersOf } from './trajectory.ts'

type Gradients = ReadonlyMap<string, Value>
const registries = [optimizers]
const all = (gradients: Gradients) => [...gradients.values()].flatMap(numbersOf)
const norm = (x: readonly number[]) => Math.hypot(...x)
const sum = (x: readonly number[]) => x.reduce((a, b) => a + Math.abs(b), 0)
const largest = (x: readonly number[]) => Math.max(...x.map(Math.abs))

/** The same direction, and a norm that is the old one where that was allowed and just below the limit elsewhere. */
function expectScaled(before: readonly number[], after: readonly number[], limit: number, of = norm): void {
  const expected = Math.min(of(before), limit)
  expect(Math.abs(of(after) - expected)).toBeLessThanOrEqual(2e-6 * Math.max(1, expected))
  before.forEach((x, i) => {
    expect(after[i]).toBeCloseTo(of(before) === 0 ? 0 : (x * of(after)) / of(before), 5)
  })
}

gradientTransformSuite(
  clipByValue,
  [
    {
      plugin: clipByValue(0.25),
      verify: (before, after) => {
        const expected = all(before).map((x) => Math.min(Math.max(x, -0.25), 0.25))
        expect(all(after)).toEqual(expected)
      },
    },
  ],
  { registries },
)

gradientTransformSuite(
  clipByNorm,
  [
    {
      plugin: clipByNorm(0.5),
      verify(before, after) {
        for (const [name, value] of before) expectScaled(numbersOf(value), numbersOf(after.get(name) as Value), 0.5)
      },
    },
    { plugin: clipByNorm({ limit: linear(1), order: 1 }) },
  ],
  { registries },
)

gradientTransformSuite(
  clipByGlobalNorm,
  [
    { plugin: clipByGlobalNorm(1.5), verify: (before, after) => expectScaled(all(before), all(after), 1.5) },
    {
      plugin: clipByGlobalNorm({ limit: 2, order: 1 }),
      verify: (before, after) => expectScaled(all(before), all(after), 2, sum),
    },
    {
      plugin: clipByGlobalNorm({ limit: 0.5, order: 'infinity' }),
      verify: (before, after) => expectScaled(all(before), all(after), 0.5, largest),
    },
  ],
  { registries },
)

describe('options', () => {
  test.each([
    () => clipByValue(0),
    () => clipByNorm(-1),
    () => clipByGlobalNorm({ limit: 1, order: 3 as 2 }),
    () => clipByGlobalNorm(linear(1) && Number.NaN),
  ])('%s is refused', (make) => {
    expect(make).toThrow(OptionError)
  })
})
