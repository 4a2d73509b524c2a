import { describe, expect, it } from 'vitest'
import { estimate, median } from './statistics.ts'

describe('estimate', () => {
  it('agrees with an interval computed by hand', () => {
    // s = 1, t(0.975, 2) = 4.302653 (any table of Student's distribution), so ci95 = 4.302653 / √3.
    const { mean, ci95 } = estimate([1, 2, 3])
    expect(mean).toBe(2)
    expect(ci95).toBeCloseTo(2.484138, 5)
  })

  it('uses the degrees of freedom of the sample', () => {
    // Deviations ±0.1: s = √(0.1 / 9), t(0.975, 9) = 2.262157.
    const { ci95 } = estimate([0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9, 1.1])
    expect(ci95).toBeCloseTo((2.262157 * Math.sqrt(0.1 / 9)) / Math.sqrt(10), 6)
  })

  it('has no interval for one number, and one of width 0 for equal ones', () => {
    expect(estimate([0.5])).toEqual({ mean: 0.5, ci95: null })
    expect(estimate([0.5, 0.5, 0.5])).toEqual({ mean: 0.5, ci95: 0 })
  })
})

it('takes the middle one, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([10, 1, 3, 2])).toBe(2.5)
  expect(median([7])).toBe(7)
})
