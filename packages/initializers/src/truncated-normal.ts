// Independent draws from the normal distribution without its tails.

import { erf, evaluate, type Initializer, numberOf, parseOptions, scalar, type Value } from '@gradwerk/core'
import { z } from 'zod'
import { draw } from './draw.ts'

const schema = z.strictObject({
  mean: z.number().default(0).meta({ description: 'centre of the distribution' }),
  standardDeviation: z
    .number()
    .min(0)
    .default(1)
    .meta({
      description: 'standard deviation of the draws, after the cut',
      search: { type: 'float', low: 1e-3, high: 1, log: true },
    }),
})

export interface TruncatedNormalOptions {
  /** Centre of the distribution. Default 0. */
  readonly mean?: number
  /** Standard deviation of the draws, after the cut, 0 and more. Default 1. */
  readonly standardDeviation?: number
}

/** The tails beyond this many standard deviations of the uncut distribution are drawn again. */
const cut = 2

/**
 * The standard deviation of the unit normal distribution cut at ±c: √(1 − 2 c φ(c) / (Φ(c) − Φ(−c))), where φ is its density and
 * Φ(c) − Φ(−c) = erf(c / √2).
 */
function deviationAfterCut(): number {
  const density = Math.exp(-(cut ** 2) / 2) / Math.sqrt(2 * Math.PI)
  const [mass] = evaluate([erf(scalar(cut / Math.SQRT2, 'float64'))])
  return Math.sqrt(1 - (2 * cut * density) / numberOf(mass as Value))
}

/**
 * Independent draws from a normal distribution that is cut at two of its standard deviations and widened, so that
 * `standardDeviation` is what the draws have: w = mean + s·z, z ~ N(0, 1) given |z| ≤ 2, s = standardDeviation / 0.8796….
 *
 * @param options `mean` (default 0) and `standardDeviation` (default 1) of the draws
 * @throws OptionError when the standard deviation is negative
 * @example
 * ```ts
 * dense(10, { initializer: truncatedNormal({ standardDeviation: 0.01 }) })
 * ```
 */
export function truncatedNormal(options: TruncatedNormalOptions = {}): Initializer {
  const parsed = parseOptions('truncatedNormal', schema, options)
  const { mean, standardDeviation } = parsed
  const scale = standardDeviation / deviationAfterCut()
  return {
    kind: 'initializer',
    name: 'truncatedNormal',
    options: parsed,
    sample: (shape, _, random) =>
      draw(shape, () => {
        let z = random.normal()
        while (Math.abs(z) > cut) z = random.normal()
        return mean + scale * z
      }),
  }
}
