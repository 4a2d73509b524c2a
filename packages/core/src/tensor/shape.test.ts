import { expect, test } from 'vitest'
import {
  broadcastShapes,
  checkShape,
  dynamic,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sizeOf,
  stridesOf,
} from './shape.ts'

test('sizes and strides', () => {
  expect(sizeOf([2, 3, 4])).toBe(24)
  expect(sizeOf([])).toBe(1)
  expect(sizeOf([2, 0])).toBe(0)
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1])
  expect(stridesOf([])).toEqual([])
  expect(() => sizeOf([dynamic, 3], 'who')).toThrow('who: the number of elements is not known before the program runs')
})

test('axes', () => {
  expect(normalizeAxis('op', -1, 3)).toBe(2)
  expect(normalizeAxes('op', [-1, 0], 3)).toEqual([0, 2])
  expect(normalizeAxes('op', undefined, 2)).toEqual([0, 1])
  expect(normalizeAxes('op', [], 2)).toEqual([])
  for (const axis of [3, -4, 0.5]) expect(() => normalizeAxis('op', axis, 3)).toThrow('op: no such axis')
  expect(() => normalizeAxes('op', [0, -2], 2)).toThrow('an axis is named twice')
})

test.each([
  [[2, 3], [3], [2, 3]],
  [
    [2, 1],
    [1, 3],
    [2, 3],
  ],
  [[], [2], [2]],
  [[0], [1], [0]],
  [[dynamic, 3], [3], [dynamic, 3]],
  [
    [dynamic, 1],
    [dynamic, 4],
    [dynamic, 4],
  ],
  [[1], [dynamic], [dynamic]],
])('%j with %j broadcasts to %j', (a, b, expected) => {
  expect(broadcastShapes('op', a, b)).toEqual(expected)
  expect(broadcastShapes('op', b, a)).toEqual(expected)
})

test.each([
  [[2], [3]],
  [[0], [2]],
  [[dynamic], [2]],
])('%j and %j do not broadcast', (a, b) => {
  expect(() => broadcastShapes('op', a, b)).toThrow('do not broadcast')
})

test('only lists of lengths are shapes', () => {
  expect(formatShape([dynamic, 3])).toBe('[?, 3]')
  checkShape('op', [dynamic, 0, 3])
  for (const shape of [[-2], [1.5], [Number.NaN]]) expect(() => checkShape('op', shape)).toThrow('not a shape')
})
