import { expect, test } from 'vitest'
import { copyOf, filled, numberOf, numbers, value, valueOf } from './value.ts'

test('values of every element type', () => {
  expect(valueOf('float32', [2], [0.1, 2]).data).toEqual(Float32Array.of(0.1, 2))
  expect(valueOf('int64', [2], [-1, 2]).data).toEqual(BigInt64Array.of(-1n, 2n))
  expect(valueOf('bool', [2], [0, 1]).data).toEqual(Uint8Array.of(0, 1))
  expect(filled('int64', [2], 3).data).toEqual(BigInt64Array.of(3n, 3n))
  expect(numbers(valueOf('int64', [1], [7]))).toEqual(Float64Array.of(7))
})

test('data must fill the shape', () => {
  expect(() => value('float32', [2, 2], new Float32Array(3))).toThrow(
    'value: the data does not fill the shape [2, 2]; expected 4 elements; got 3',
  )
  expect(() => valueOf('int64', [2], [1])).toThrow('expected 2 elements; got 1')
})

test('one number, and copies', () => {
  const one = valueOf('float32', [1, 1], [5])
  expect(numberOf(one)).toBe(5)
  expect(() => numberOf(filled('float32', [2], 0))).toThrow('not a single number')
  expect(copyOf(one)).toEqual(one)
  expect(copyOf(one).data).not.toBe(one.data)
})
