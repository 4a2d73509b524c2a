import { beforeAll, describe, expect, test } from 'vitest'
import { houses, standardized } from '../src/house-prices/data.ts'
import { type Measured, measure } from '../src/house-prices/measure.ts'
import { summary } from '../src/house-prices/tables.ts'
import { type PenaltyName, penalties } from '../src/house-prices/training.ts'
import { elasticNetSolution, ridgeSolution } from '../src/shared/exact-regression.ts'
import { expectOnPage } from './page.ts'

describe('house prices', () => {
  let measured: Measured[] = []
  const of = (name: PenaltyName) => measured.find((one) => one.name === name) as Measured
  beforeAll(async () => {
    measured = await measure(standardized(houses()), 250, 3)
  })

  test('the terms of every update add up to the new weight, bit for bit', () => {
    const updates = measured.flatMap((one) => one.updates)
    expect(updates).toHaveLength(4 * 3 * 2)
    for (const { sum, after, lossGradient, penaltyGradient, gradient } of updates) {
      expect(sum).toBe(after)
      expect(gradient).toBe(Math.fround(lossGradient + penaltyGradient))
    }
  })

  test('each penalty acts where it should', () => {
    // From the second step on: at 0 there is nothing to shrink.
    const later = (name: PenaltyName) => of(name).updates.filter(({ step }) => step > 1)
    for (const { proximal, penaltyGradient } of later('none')) expect([proximal, penaltyGradient]).toEqual([0, 0])
    for (const { proximal, penaltyGradient, before } of later('L2')) {
      expect(proximal).toBe(0)
      expect(penaltyGradient).toBeCloseTo(0.6 * before, 6)
    }
    // η λ₁
    for (const { proximal } of later('L1')) expect(proximal).toBeCloseTo(-0.25 * 0.6, 6)
    for (const { proximal, after } of later('elastic net')) expect(proximal).toBeCloseTo(-0.25 * (0.3 + 0.6 * after), 6)
  })

  test.each(['none', 'L1', 'L2', 'elastic net'] as const)('%s: ends at the exact solution', (name) => {
    const { end, exact } = of(name)
    for (const i of [0, 1] as const) expect(Math.abs(end[i] - exact[i])).toBeLessThan(2e-5)
  })

  test('the rooms are exactly 0 under L1, and only there', () => {
    expect(measured.filter(({ end }) => end.includes(0)).map(({ name }) => name)).toEqual(['L1'])
    expect(of('L1').end[1]).toBe(0)
  })

  test('L2 draws the weights together', () => {
    const gap = (name: PenaltyName) => Math.abs(of(name).end[0] - of(name).end[1])
    expect(gap('L2')).toBeLessThan(gap('none') / 3)
  })

  test('the committed page shows these numbers', () => {
    expectOnPage('house-prices', summary(measured))
  })
})

describe('exact solutions', () => {
  // Columns that do not overlap: each weight by itself is 2/n xᵀy = 2 and −1, shrunk by λ₁ and divided by 2/n xᵀx + λ₂.
  const problem = {
    inputs: [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ],
    targets: [2, -2, -1, 1],
  }

  test('by hand', () => {
    expect(ridgeSolution(problem, 0)).toEqual([2, -1])
    expect(ridgeSolution(problem, 1)).toEqual([1, -0.5])
    expect(elasticNetSolution(problem, 1, 0)).toEqual([1, -0])
    expect(elasticNetSolution(problem, 0.5, 0.5)).toEqual([1, -1 / 3])
  })

  test('without L1, coordinate descent finds the ridge solution', () => {
    const correlated = {
      inputs: [
        [1, 1],
        [-1, -0.5],
        [0.5, 0],
        [-0.5, -0.5],
      ],
      targets: [1, 2, -3, 4],
    }
    const exact = ridgeSolution(correlated, penalties.L2.l2)
    for (const [i, w] of elasticNetSolution(correlated, 0, penalties.L2.l2).entries())
      expect(w).toBeCloseTo(exact[i] ?? 0, 12)
  })
})
