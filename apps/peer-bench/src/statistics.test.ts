import { expect, test } from 'vitest'
import { spread } from './statistics.ts'

test('quartiles are interpolated between neighbours', () => {
  expect(spread([4, 1, 3, 2])).toEqual({ min: 1, lowerQuartile: 1.75, median: 2.5, upperQuartile: 3.25, max: 4 })
})

test('the order of numbers does not matter, and they stay as they are', () => {
  const numbers = [9, 1, 5]
  expect(spread(numbers).median).toBe(5)
  expect(numbers).toEqual([9, 1, 5])
})

test('one number is its own spread', () => {
  expect(spread([2])).toEqual({ min: 2, lowerQuartile: 2, median: 2, upperQuartile: 2, max: 2 })
})

test('a median does not follow one disturbed run', () => {
  expect(spread([1, 1, 1, 1, 100]).median).toBe(1)
})
