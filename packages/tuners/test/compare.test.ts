// The statistics of the benchmark.

import { keyOf, randomStream } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { comparer, holm, meanPlace, quartilesOf } from '../bench/compare.ts'

test('quartiles are interpolated, as where the figures came from', () => {
  expect(quartilesOf([4, 1, 3, 2])).toEqual([1.75, 2.5, 3.25])
  expect(meanPlace([0, 2, 2.5, 9], [1.75, 2.5, 3.25])).toBe((0 + 1 + 1.5 + 3) / 4)
})

test('samples of one distribution differ at 5 % in 5 % of the cases', () => {
  const compare = comparer(50, 20)
  const random = randomStream(keyOf(11))
  const draw = (count: number) => Array.from({ length: count }, random.normal)
  const count = 1000
  const results = Array.from({ length: count }, () => compare(draw(50), quartilesOf(draw(20))))
  const tolerance = 4.6 * Math.sqrt(0.05 * 0.95 * count)
  expect(Math.abs(results.filter(({ worse }) => worse <= 0.05).length - 50)).toBeLessThan(tolerance)
  expect(Math.abs(results.filter(({ better }) => better <= 0.05).length - 50)).toBeLessThan(tolerance)
})

test('a sample that lies a standard deviation higher is seen in most cases', () => {
  const compare = comparer(50, 20)
  const random = randomStream(keyOf(12))
  const seen = Array.from({ length: 200 }, () => {
    const ours = Array.from({ length: 50 }, () => 1 + random.normal())
    return compare(ours, quartilesOf(Array.from({ length: 20 }, random.normal))).worse <= 0.05
  })
  expect(seen.filter(Boolean).length).toBeGreaterThan(150)
})

test('Holm compares the smallest with the level over the number, the next with one less', () => {
  expect(holm([0.03, 0.01, 0.2, 0.012])).toEqual([false, true, false, true])
})
