import { expect, test } from 'vitest'
import { fromBfloat16, fromFloat16 } from './half.ts'

test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x03ff, 1023 * 2 ** -24],
  [0x0001, 2 ** -24],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])('binary16 %i is %d', (bits, number) => {
  expect(fromFloat16(bits)).toBe(number)
})

test('all of binary16 is float32, in order', () => {
  const positive = Array.from({ length: 0x7c01 }, (_, bits) => fromFloat16(bits))
  expect(positive.every((x) => Object.is(Math.fround(x), x))).toBe(true)
  expect(positive.every((x, i) => i === 0 || x > (positive[i - 1] as number))).toBe(true)
})

test.each([
  [0x3f80, 1],
  [0xc049, -3.140625],
  [0x0001, 2 ** -133],
  [0x7f80, Number.POSITIVE_INFINITY],
  [0x7fc0, Number.NaN],
])('bfloat16 %i is %d', (bits, number) => {
  expect(fromBfloat16(bits)).toBe(number)
})
