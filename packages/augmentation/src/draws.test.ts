import { constant, evaluate, scalar, type Tensor, type Value, valueOf } from '@gradwerk/core'
import {
  assertDistribution,
  assertSame,
  doubles,
  normalDistribution,
  rowsOf,
  uniformDistribution,
} from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { symmetricBeta } from './beta.ts'
import { perElementNormal, perSample, whole } from './draws.ts'

const key = constant(valueOf('uint32', [2], [7, 11]))
const valueOfTensor = (tensor: Tensor) => evaluate([tensor])[0] as Value
const draws = (tensor: Tensor) => doubles(valueOfTensor(tensor))

describe('numbers of a sample', () => {
  test('do not depend on the size of the batch', () => {
    perSample(key, 7, 5).forEach((whole, i) => {
      const part = perSample(key, 3, 5)[i] as Tensor
      assertSame(valueOfTensor(part), rowsOf(valueOfTensor(whole), 0, 3))
    })
    assertSame(valueOfTensor(perElementNormal(key, 3, 10)), rowsOf(valueOfTensor(perElementNormal(key, 7, 10)), 0, 3))
  })

  test('are uniform, and those of one sample independent', () => {
    const n = 256_000
    const columns = perSample(key, n, 3).map(draws)
    for (const column of columns) assertDistribution(column, uniformDistribution())
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const [x, y] = [columns[a] as Float64Array, columns[b] as Float64Array]
      const correlation = x.reduce((total, u, i) => total + (u - 0.5) * ((y[i] as number) - 0.5), 0) * (12 / n)
      expect(Math.abs(correlation) * Math.sqrt(n)).toBeLessThan(4.6)
    }
  })

  test('are normal for every element', () => {
    assertDistribution(draws(perElementNormal(key, 256, 1000)), normalDistribution())
    expect(valueOfTensor(perElementNormal(key, 2, 5)).shape).toEqual([2, 5])
  })

  test('are whole numbers below a count, even at the upper end', () => {
    const last = constant(valueOf('float32', [1, 1], [1 - 2 ** -24]))
    for (const count of [1, 3, 5, 28, 29, 97, 1000, 4095])
      expect(draws(whole(last, count))).toEqual(Float64Array.of(count - 1))
    expect(draws(whole(scalar(0), 5))).toEqual(Float64Array.of(0))
  })
})

describe('the symmetric beta distribution', () => {
  const [u, v] = perSample(key, 100_000, 2) as [Tensor, Tensor]
  const beta = (alpha: number) => draws(symmetricBeta(u, v, scalar(alpha)))
  const stated = (alpha: number, cumulative: (x: number) => number) => ({
    name: `Beta(${alpha}, ${alpha})`,
    mean: 0.5,
    std: Math.sqrt(1 / (4 * (2 * alpha + 1))),
    kurtosis: 3 - 6 / (2 * alpha + 3),
    cumulative: (sorted: ArrayLike<number>) => Float64Array.from(sorted, cumulative),
  })

  test.each([
    [0.5, (x: number) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    [1, (x: number) => x],
    [2, (x: number) => x * x * (3 - 2 * x)],
  ] as const)('α = %d', (alpha, cumulative) => {
    assertDistribution(beta(alpha), stated(alpha, cumulative))
  })

  test('has the variance of a small α, and stays a number for a tiny one', () => {
    const shares = beta(0.2)
    const variance = shares.reduce((total, x) => total + (x - 0.5) ** 2, 0) / shares.length
    expect(variance).toBeCloseTo(1 / (4 * 1.4), 3)
    expect(beta(0.001).every((share) => share >= 0 && share <= 1)).toBe(true)
    const ends = constant(valueOf('float32', [2, 1], [0, 1 - 2 ** -24]))
    for (const share of draws(symmetricBeta(ends, scalar(0.25), scalar(0.2))))
      expect(share >= 0 && share <= 1).toBe(true)
  })
})
