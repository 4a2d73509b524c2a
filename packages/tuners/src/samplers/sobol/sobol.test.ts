import { readFileSync } from 'node:fs'
import { keyOf, randomStream } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { owenScramble, sobol, sobolDimensions } from './sobol.ts'

const golden: { points: number[][] } = JSON.parse(
  readFileSync(new URL('../../../test/golden/sobol.json', import.meta.url), 'utf8'),
)

test("has SciPy's points, which stand there in Gray code order", () => {
  golden.points.forEach((point, i) => {
    expect(Array.from({ length: sobolDimensions }, (_, axis) => (sobol(i ^ (i >>> 1), axis) / 2 ** 32) * 64)).toEqual(
      point,
    )
  })
})

const coins = randomStream(keyOf(5))
const keys = Array.from({ length: 8 }, () => [coins.word(), coins.word()] as const)

test('scrambled, every 2^k points are a Latin hypercube still', () => {
  for (const [axis, key] of keys.entries()) {
    for (const count of [8, 64, 1024]) {
      const cells = Array.from({ length: count }, (_, i) =>
        Math.floor((owenScramble(sobol(i, axis), key) / 2 ** 32) * count),
      )
      expect(new Set(cells).size).toBe(count)
    }
  }
})

test('scrambled, the first two axes stay a (0, 2)-sequence: one point of 64 in every box of 8 by 8, 4 by 16, 2 by 32', () => {
  const [first = [0, 0], second = [0, 0]] = keys
  for (const [columns, rows] of [
    [8, 8],
    [4, 16],
    [32, 2],
  ] as const) {
    const boxes = Array.from({ length: 64 }, (_, i) => {
      const x = Math.floor((owenScramble(sobol(i, 0), first) / 2 ** 32) * columns)
      return x * rows + Math.floor((owenScramble(sobol(i, 1), second) / 2 ** 32) * rows)
    })
    expect(new Set(boxes).size).toBe(64)
  }
})

test('scrambling makes each point uniform', () => {
  const places = Array.from({ length: 2000 }, () => owenScramble(sobol(3, 2), [coins.word(), coins.word()]) / 2 ** 32)
  const mean = places.reduce((a, b) => a + b, 0) / places.length
  const variance = places.reduce((a, b) => a + (b - mean) ** 2, 0) / places.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(4.6 / Math.sqrt(12 * places.length))
  expect(variance).toBeCloseTo(1 / 12, 2)
})
