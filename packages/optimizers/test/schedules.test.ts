import { OptionError } from '@gradwerk/core'
import * as optimizers from '@gradwerk/optimizers'
import {
  constant,
  cosine,
  cosineRestarts,
  cyclic,
  cyclicHalving,
  cyclicShrinking,
  exponential,
  inverseTime,
  linear,
  multiStep,
  oneCycle,
  oneCycleMomentum,
  piecewise,
  polynomial,
  stepDecay,
  warmup,
} from '@gradwerk/optimizers'
import { scheduleSuite } from '@gradwerk/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

scheduleSuite(cosine, [
  { plugin: cosine(0.1), total: 2, expected: [0.1, 0.05, 0] },
  { plugin: cosine({ from: 0.1, to: 0.01, over: 7 }) },
])
scheduleSuite(constant, [{ plugin: constant(0.1), expected: [0.1, 0.1] }])

scheduleSuite(stepDecay, [
  { plugin: stepDecay({ from: 1, every: 2, factor: 0.5 }), expected: [1, 1, 0.5, 0.5, 0.25] },
  { plugin: stepDecay({ from: 1, every: 0.5 }), total: 4, expected: [1, 1, 0.1, 0.1] },
])
scheduleSuite(multiStep, [
  { plugin: multiStep({ from: 1, milestones: [1, 3] }), expected: [1, 0.1, 0.1, 0.01] },
  { plugin: multiStep({ from: 1, milestones: [0.25, 0.5], factor: 0.5 }), total: 4, expected: [1, 0.5, 0.25, 0.25] },
])
scheduleSuite(exponential, [
  { plugin: exponential({ from: 8, factor: 0.5 }), expected: [8, 4, 2, 1] },
  { plugin: exponential({ from: 8, factor: 0.25, every: 2 }), expected: [8, 4, 2, 1] },
])
scheduleSuite(inverseTime, [
  { plugin: inverseTime({ from: 6, rate: 1 }), expected: [6, 3, 2, 1.5] },
  { plugin: inverseTime({ from: 6, rate: 2, every: 0.5 }), total: 4, expected: [6, 3, 2, 1.5] },
])
scheduleSuite(polynomial, [
  { plugin: polynomial(4), total: 2, expected: [4, 1, 0, 0] },
  { plugin: polynomial({ from: 2, to: 1, power: 1, over: 4 }), expected: [2, 1.75, 1.5, 1.25, 1, 1] },
])
scheduleSuite(linear, [
  { plugin: linear({ from: 0, to: 1, over: 0.5 }), total: 8, expected: [0, 0.25, 0.5, 0.75, 1, 1] },
])
scheduleSuite(cosineRestarts, [
  { plugin: cosineRestarts({ from: 2, first: 2 }), expected: [2, 1, 2, 1, 2] },
  { plugin: cosineRestarts({ from: 2, first: 2, multiply: 2 }), expected: [2, 1, 2, 1 + Math.SQRT1_2, 1] },
  { plugin: cosineRestarts({ from: 2, to: 1, first: 0.1, multiply: 1.5 }) },
])
scheduleSuite(oneCycle, [
  { plugin: oneCycle(0.1) },
  {
    plugin: oneCycle({ peak: 1, startDivisor: 2, endDivisor: 5, rise: 0.5, anneal: 'linear', over: 8 }),
    expected: [1 / 2, 2 / 3, 5 / 6, 1, 0.775, 0.55, 0.325, 0.1, 0.1],
  },
  { plugin: oneCycle({ peak: 1, phases: 3, rise: 0.4 }) },
])
scheduleSuite(oneCycleMomentum, [
  {
    plugin: oneCycleMomentum({ rise: 0.5, anneal: 'linear', high: 0.9, low: 0.6, over: 8 }),
    expected: [0.9, 0.8, 0.7, 0.6, 0.675, 0.75, 0.825, 0.9, 0.9],
  },
])
scheduleSuite(cyclic, [
  { plugin: cyclic({ low: 0, high: 2, up: 2 }), expected: [0, 1, 2, 1, 0, 1] },
  { plugin: cyclic({ low: 1, high: 3, up: 1, down: 2 }), expected: [1, 3, 2, 1, 3] },
])
scheduleSuite(cyclicHalving, [{ plugin: cyclicHalving({ low: 1, high: 3, up: 1 }), expected: [1, 3, 1, 2, 1, 1.5] }])
scheduleSuite(cyclicShrinking, [
  { plugin: cyclicShrinking({ low: 1, high: 3, up: 1, factor: 0.5 }), expected: [1, 2, 1, 1.25] },
])
scheduleSuite(
  piecewise,
  [
    { plugin: piecewise({ parts: [3, 2, 1], boundaries: [1, 3] }), expected: [3, 2, 2, 1, 1] },
    // Each part counts for itself, up to the next one or the end of the run.
    { plugin: piecewise({ parts: [linear(2), linear(4)], boundaries: [0.5] }), total: 4, expected: [2, 1, 4, 2, 0] },
  ],
  { registries: [optimizers] },
)
scheduleSuite(
  warmup,
  [
    { plugin: warmup(4, 2), expected: [0.5, 1, 1.5, 2, 2] },
    { plugin: warmup(0.5, linear(4)), total: 4, expected: [2, 4, 4, 2, 0] },
    { plugin: warmup({ steps: 2, into: warmup(2, 1) }), expected: [0.25, 0.5, 0.5, 1, 1] },
  ],
  { registries: [optimizers] },
)

describe('options', () => {
  test.each([
    () => stepDecay({ from: 1, every: 0 }),
    () => stepDecay({ from: 1, every: 1.5 }),
    () => multiStep({ from: 1, milestones: [0] }),
    () => exponential({ from: 1, factor: 0 }),
    () => inverseTime({ from: 1, rate: -1 }),
    () => polynomial({ from: 1, power: 0 }),
    () => cosineRestarts({ from: 1, first: 2, multiply: 0.5 }),
    () => oneCycle({ peak: 1, rise: 1 }),
    () => oneCycle({ peak: 1, rise: 0.5, phases: 3 }),
    () => oneCycleMomentum({ high: 1 }),
    () => cyclicShrinking({ low: 0, high: 1, up: 2, factor: 1.1 }),
    () => piecewise({ parts: [1, 2], boundaries: [] }),
    () => piecewise({ parts: [], boundaries: [] }),
    () => warmup(0, 1),
  ])('%s is refused', (make) => {
    expect(make).toThrow(OptionError)
  })

  test('boundaries have to rise in the run at hand', () => {
    const schedule = piecewise({ parts: [1, 2, 3], boundaries: [0.5, 100] })
    expect(schedule.at(150, 200)).toBe(3)
    expect(() => schedule.at(150, 300)).toThrow('the boundaries of a run of 300 steps do not rise')
  })
})

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
