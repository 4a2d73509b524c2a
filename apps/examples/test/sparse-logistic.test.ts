import { numbers } from '@gradwerk/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { featureCount, logitsOf, sparseProblem, truth } from '../src/sparse-logistic/data.ts'
import { largest, type Measured, measure } from '../src/sparse-logistic/measure.ts'
import type { Outcome } from '../src/sparse-logistic/training.ts'

const strengths = [0.2, 0.1, 0.05, 0.035]

/** ∂L/∂w in float64, from the data alone. */
function lossGradient({ kernel, bias }: Outcome): number[] {
  const { train } = sparseProblem(1)
  const [inputs, targets] = [numbers(train.inputs), numbers(train.targets)]
  const errors = logitsOf(train, kernel, bias).map((z, i) => 1 / (1 + Math.exp(-z)) - (targets[i] ?? 0))
  return kernel.map(
    (_, j) =>
      errors.reduce((total, error, i) => total + error * (inputs[i * featureCount + j] ?? 0), 0) / errors.length,
  )
}

describe('L1 among 300 features', () => {
  let measured: Measured
  const at = (strength: number) => measured.l1.find((outcome) => outcome.strength === strength) as Outcome
  beforeAll(async () => {
    measured = await measure({ l1: strengths, l2: [0.3], chosen: 0.1, seeds: [2, 3, 4] })
  })

  test.each(strengths)('λ = %s: the end is a minimum', (strength) => {
    const { kernel } = at(strength)
    const gradient = lossGradient(at(strength))
    for (const [j, w] of kernel.entries()) {
      const g = gradient[j] ?? Number.NaN
      if (w === 0) expect(Math.abs(g)).toBeLessThan(strength + 1e-5)
      else expect(Math.abs(g + strength * Math.sign(w))).toBeLessThan(1e-5)
    }
  })

  test('finds the true features, with the right signs, and no other', () => {
    expect(at(0.1).support).toEqual([...truth.keys()])
    for (const [feature, weight] of truth) expect(Math.sign(at(0.1).kernel[feature] ?? 0)).toBe(Math.sign(weight))
    for (const { support } of measured.draws) expect(support).toEqual([...truth.keys()])
  })

  test('lets more and more in as the strength falls', () => {
    const counts = strengths.map((strength) => at(strength).support.length)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts[0]).toBe(0)
    expect(at(0.035).support.length).toBeGreaterThan(20)
  })

  test('L2 keeps all features and predicts worse', () => {
    const [ridge] = measured.l2
    expect(ridge?.support).toHaveLength(featureCount)
    expect(largest(ridge as Outcome, 5).toSorted((a, b) => a - b)).toEqual([...truth.keys()])
    expect(at(0.1).accuracy - (ridge?.accuracy ?? 1)).toBeGreaterThan(0.1)
  })

  test('what was found, trained without a penalty, predicts best', () => {
    for (const outcome of [...measured.l1, ...measured.l2]) {
      expect(measured.refit.accuracy).toBeGreaterThan(outcome.accuracy)
      expect(measured.refit.loss).toBeLessThan(outcome.loss)
    }
    for (const [feature, weight] of truth)
      expect(Math.abs((measured.refit.kernel[feature] ?? 0) / weight - 1)).toBeLessThan(0.5)
  })
})
