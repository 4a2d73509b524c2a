import { expect, test } from 'vitest'
import { leastOf } from './progress.ts'

test('the least of more numbers than a call takes arguments, NaN left aside', () => {
  expect(leastOf([Number.NaN, 3, Number.NaN, ...Array.from({ length: 200_000 }, (_, i) => i + 2)])).toBe(2)
  expect(leastOf([Number.NaN])).toBeNaN()
  expect(leastOf([])).toBeNaN()
})
