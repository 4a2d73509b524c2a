import { OptionError } from '@gradwerk/core'
import { constant, cosine } from '@gradwerk/optimizers'
import { scheduleSuite } from '@gradwerk/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

scheduleSuite(cosine, [
  { plugin: cosine(0.1), total: 2, expected: [0.1, 0.05, 0] },
  { plugin: cosine({ from: 0.1, to: 0.01, over: 7 }) },
])
scheduleSuite(constant, [{ plugin: constant(0.1), expected: [0.1, 0.1] }])

describe('cosine', () => {
  test('falls from the first value to the last and stays there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (over, to) => {
        const schedule = cosine({ from: 2, to, over })
        expect(schedule.at(0, 1)).toBe(2)
        for (let step = 1; step < over; step++) expect(schedule.at(step, 1)).toBeLessThan(schedule.at(step - 1, 1))
        expect(schedule.at(over, 1)).toBe(to)
        expect(schedule.at(over + 5, 1)).toBe(to)
      }),
      { numRuns: 10, seed: 1 },
    )
  })

  test('is half way in the middle of the run', () => {
    expect(cosine(0.25).at(50, 100)).toBeCloseTo(0.125, 15)
  })

  test.each([() => cosine({ from: 1, over: 0 }), () => cosine({ from: 1, over: 1.5 }), () => cosine(Number.NaN)])(
    '%s is refused',
    (make) => {
      expect(make).toThrow(OptionError)
    },
  )
})

test('constant stays', () => {
  expect([0, 5, 1000].map((step) => constant(0.3).at(step, 10))).toEqual([0.3, 0.3, 0.3])
})
