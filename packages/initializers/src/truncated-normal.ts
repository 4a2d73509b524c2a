// Independent draws from the normal distribution without its tails.

import { erf, evaluate, type Initializer, numberOf, parseOptions, scalar, type Value } from '@gradwerk/core'
import { z } from 'zod'
import { draw } from './draw.ts'

const schema = z.strictObject({
  mean: z.number().default(0).meta({ description: 'mean of the draws, after the cut' }),
  standardDeviation: z
    .number()
    .min(0)
    .default(1)
    .meta({
      description: 'standard deviation of the draws, after the cut',
      search: { type: 'float', low: 1e-3, high: 1, log: true },
    }),
  low: z
    .number()
    .max(-0.1)
    .default(-2)
    .meta({ description: 'where the lower tail is cut, in standard deviations of the uncut distribution' }),
  high: z
    .number()
    .min(0.1)
    .default(2)
    .meta({ description: 'where the upper tail is cut, in standard deviations of the uncut distribution' }),
})

export interface TruncatedNormalOptions {
  /** Mean of the draws, after the cut. Default 0. */
  readonly mean?: number
  /** Standard deviation of the draws, after the cut, 0 and more. Default 1. */
  readonly standardDeviation?: number
  /** Where the lower tail is cut, in standard deviations of the uncut distribution: −0.1 and less. Default −2. */
  readonly low?: number
  /** Where the upper tail is cut, in standard deviations of the uncut distribution: 0.1 and more. Default 2. */
  readonly high?: number
}

const density = (z: number) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)

/** Φ, from the error function. */
function distributionFunction(z: number): number {
  const [e] = evaluate([erf(scalar(z / Math.SQRT2, 'float64'))])
  return (1 + numberOf(e as Value)) / 2
}

/**
 * Mean and standard deviation of z ~ N(0, 1) given a ≤ z ≤ b (Johnson, Kotz & Balakrishnan 1994, section 13.10.1):
 * mean = (φ(a) − φ(b)) / P and variance = 1 + (a·φ(a) − b·φ(b)) / P − mean², where φ is the density and P = Φ(b) − Φ(a).
 */
function momentsAfterCut(a: number, b: number): { mean: number; deviation: number } {
  const kept = distributionFunction(b) - distributionFunction(a)
  const mean = (density(a) - density(b)) / kept
  return { mean, deviation: Math.sqrt(1 + (a * density(a) - b * density(b)) / kept - mean ** 2) }
}

/**
 * Independent draws from a normal distribution whose tails are cut, shifted and widened so that `mean` and `standardDeviation` are
 * what the draws have: w = mean + standardDeviation · (z − m) / s, with z ~ N(0, 1) given low ≤ z ≤ high, and m, s the mean and
 * standard deviation of such z. For the usual cut at ±2, m = 0 and s = 0.8796….
 *
 * @param options `mean` (default 0) and `standardDeviation` (default 1) of the draws; `low` and `high` (default ∓2) of the cut
 * @throws OptionError when the standard deviation is negative, or the cut does not leave ±0.1
 * @example
 * ```ts
 * dense(10, { initializer: truncatedNormal({ standardDeviation: 0.01 }) })
 * ```
 */
export function truncatedNormal(options: TruncatedNormalOptions = {}): Initializer {
  const parsed = parseOptions('truncatedNormal', schema, options)
  const { mean, standardDeviation, low, high } = parsed
  const moments = momentsAfterCut(low, high)
  const scale = standardDeviation / moments.deviation
  const center = mean - scale * moments.mean
  return {
    kind: 'initializer',
    name: 'truncatedNormal',
    options: parsed,
    sample: (shape, _, random) =>
      draw(shape, () => {
        let z = random.normal()
        while (z < low || z > high) z = random.normal()
        return center + scale * z
      }),
  }
}
