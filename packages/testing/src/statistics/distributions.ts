// Distributions that initializers may state, with the moments and the cumulative function that tests of draws need.

import { erf, evaluate, input, numbers, type Value, valueOf } from '@gradwerk/core'

export interface StatedDistribution {
  readonly name: string
  readonly mean: number
  readonly std: number
  /** E[(x − mean)⁴] / std⁴. */
  readonly kurtosis: number
  /** P(X ≤ x) for many x. */
  cumulative(x: Float64Array): Float64Array
}

/** Φ((x − mean) / std) */
function normalCumulative(x: Float64Array, mean: number, std: number): Float64Array {
  const z = valueOf(
    'float64',
    [x.length],
    x.map((at) => (at - mean) / (std * Math.SQRT2)),
  )
  const [values] = evaluate([erf(input('z', [x.length], 'float64'))], { z })
  return Float64Array.from(numbers(values as Value), (e) => (1 + e) / 2)
}

/** N(mean, std²). */
export function normalDistribution({ mean = 0, std = 1 }: { mean?: number; std?: number } = {}): StatedDistribution {
  return { name: `normal(${mean}, ${std})`, mean, std, kurtosis: 3, cumulative: (x) => normalCumulative(x, mean, std) }
}

/** Uniform from low to high. */
export function uniformDistribution({ low = 0, high = 1 }: { low?: number; high?: number } = {}): StatedDistribution {
  return {
    name: `uniform(${low}, ${high})`,
    mean: (low + high) / 2,
    std: (high - low) / Math.sqrt(12),
    kurtosis: 9 / 5,
    cumulative: (x) => x.map((at) => Math.min(1, Math.max(0, (at - low) / (high - low)))),
  }
}

/**
 * A normal distribution cut at ±2 of its own standard deviations, then scaled so that `std` is the standard deviation of what is
 * left.
 */
export function truncatedNormalDistribution({
  mean = 0,
  std = 1,
}: {
  mean?: number
  std?: number
} = {}): StatedDistribution {
  const cut = 2
  const mass = 0.954499736103642
  const density = Math.exp((-cut * cut) / 2) / Math.sqrt(2 * Math.PI)
  const second = 1 - (2 * cut * density) / mass
  const fourth = 3 * second - (2 * cut ** 3 * density) / mass
  const scale = std / Math.sqrt(second)
  return {
    name: `truncated normal(${mean}, ${std})`,
    mean,
    std,
    kurtosis: fourth / second ** 2,
    cumulative: (x) =>
      normalCumulative(x, mean, scale).map((p) => Math.min(1, Math.max(0, (p - (1 - mass) / 2) / mass))),
  }
}
