// What L2 does to the estimate of two correlated weights, in closed form (Hoerl & Kennard 1970, section 4).

import { noise, truth } from './data.ts'

export interface Prediction {
  /** E ŵ */
  readonly mean: readonly [number, number]
  /** Standard deviation of ŵ₁, and of ŵ₂: they have the same. */
  readonly deviation: number
  /** ‖E ŵ − w‖² */
  readonly squaredBias: number
  /** Var ŵ₁ + Var ŵ₂ */
  readonly variance: number
}

/**
 * XᵀX / n = [[1, r], [r, 1]] has the eigenvectors (1, 1) / √2 and (1, −1) / √2 with the eigenvalues μ = 1 ± r. Along each, the minimum of
 * `1/n Σ (w · x − y)² + λ/2 ‖w‖²` is the estimate without penalty times 2μ / (2μ + λ), and that has the variance σ² / (n μ).
 */
export function predict(correlation: number, samples: number, strength: number): Prediction {
  const along = [
    { eigenvalue: 1 + correlation, truth: (truth[0] + truth[1]) / Math.SQRT2 },
    { eigenvalue: 1 - correlation, truth: (truth[0] - truth[1]) / Math.SQRT2 },
  ].map(({ eigenvalue, truth: along }) => {
    const factor = (2 * eigenvalue) / (2 * eigenvalue + strength)
    return {
      mean: factor * along,
      bias: (factor - 1) * along,
      variance: (factor ** 2 * noise ** 2) / (samples * eigenvalue),
    }
  })
  const [sum, difference] = along.map(({ mean }) => mean / Math.SQRT2)
  const variance = along.reduce((total, one) => total + one.variance, 0)
  return {
    mean: [(sum ?? 0) + (difference ?? 0), (sum ?? 0) - (difference ?? 0)],
    deviation: Math.sqrt(variance / 2),
    squaredBias: along.reduce((total, { bias }) => total + bias ** 2, 0),
    variance,
  }
}
