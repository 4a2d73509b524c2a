// Independent draws from the normal distribution.

import { type Initializer, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { draw } from './draw.ts'

const schema = z.strictObject({
  mean: z.number().default(0).meta({ description: 'centre of the distribution' }),
  standardDeviation: z
    .number()
    .min(0)
    .default(1)
    .meta({
      description: 'width of the distribution',
      search: { type: 'float', low: 1e-3, high: 1, log: true },
    }),
})

export interface NormalOptions {
  /** Centre of the distribution. Default 0. */
  readonly mean?: number
  /** Width of the distribution, 0 and more. Default 1. */
  readonly standardDeviation?: number
}

/**
 * Independent draws from the normal distribution, not truncated: w ~ N(mean, standardDeviation²).
 *
 * @param options `mean` (default 0) and `standardDeviation` (default 1), as in PyTorch; Keras takes 0.05
 * @throws OptionError when the standard deviation is negative
 * @example
 * ```ts
 * dense(10, { initializer: normal({ standardDeviation: 0.01 }) })
 * ```
 */
export function normal(options: NormalOptions = {}): Initializer {
  const parsed = parseOptions('normal', schema, options)
  const { mean, standardDeviation } = parsed
  return {
    kind: 'initializer',
    name: 'normal',
    options: parsed,
    sample: (shape, _, random) => draw(shape, () => mean + standardDeviation * random.normal()),
  }
}
