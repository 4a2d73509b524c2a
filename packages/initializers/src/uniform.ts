// Independent draws from an interval.

import { type Initializer, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { draw } from './draw.ts'

const schema = z
  .strictObject({
    low: z.number().default(0).meta({ description: 'the smallest possible value' }),
    high: z.number().default(1).meta({ description: 'the upper end, which is not reached' }),
  })
  .refine(({ low, high }) => low <= high, { path: ['low'], error: 'a number that is not above high' })

export interface UniformOptions {
  /** The smallest possible value. Default 0. */
  readonly low?: number
  /** The upper end, not below `low`. Default 1. */
  readonly high?: number
}

/**
 * Independent draws from an interval: w ~ U[low, high), with mean (low + high)/2 and variance (high − low)²/12.
 *
 * @param options `low` (default 0) and `high` (default 1), as in PyTorch; Keras takes −0.05 and 0.05
 * @throws OptionError when low is above high
 * @example
 * ```ts
 * dense(10, { initializer: uniform({ low: -0.05, high: 0.05 }) })
 * ```
 */
export function uniform(options: UniformOptions = {}): Initializer {
  const parsed = parseOptions('uniform', schema, options)
  const { low, high } = parsed
  return {
    kind: 'initializer',
    name: 'uniform',
    options: parsed,
    sample: (shape, _, random) => draw(shape, () => low + (high - low) * random.uniform()),
  }
}
