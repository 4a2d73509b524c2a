// Means and confidence intervals over seeds.

import jstat from 'jstat'

/** The mean, and half the width of its 95 % confidence interval. */
export interface Estimate {
  readonly mean: number
  readonly ci95: number
}

export function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0) / numbers.length
}

/** √(Σ(x − mean)² / (n − 1)) */
export function standardDeviation(numbers: readonly number[]): number {
  const center = mean(numbers)
  return Math.sqrt(numbers.reduce((total, x) => total + (x - center) ** 2, 0) / (numbers.length - 1))
}

/** Mean ± t(0.975, n − 1) · s / √n of independent measurements (Student 1908); of one alone, no interval is known: 0. */
export function estimate(numbers: readonly number[]): Estimate {
  const n = numbers.length
  if (n < 2) return { mean: mean(numbers), ci95: 0 }
  return { mean: mean(numbers), ci95: (jstat.studentt.inv(0.975, n - 1) * standardDeviation(numbers)) / Math.sqrt(n) }
}
