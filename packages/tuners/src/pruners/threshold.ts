// Pruning of values that are out of the question.

import { type Pruner, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { isDue, lastReport } from './progress.ts'

const schema = z
  .strictObject({
    lower: z.number().optional().meta({ description: 'smallest value that is kept' }),
    upper: z.number().optional().meta({ description: 'largest value that is kept' }),
    warmupSteps: z.int().min(0).default(0).meta({ description: 'steps of a trial before which it is not pruned' }),
    intervalSteps: z
      .int()
      .min(1)
      .default(1)
      .meta({ description: 'distance between steps at which a trial is looked at' }),
  })
  .refine(({ lower, upper }) => lower !== undefined || upper !== undefined, { error: `'lower', 'upper' or both` })
  .refine(({ lower = -Infinity, upper = Infinity }) => lower <= upper, { error: 'lower ≤ upper' })

export interface ThresholdOptions {
  /** Smallest value that is kept. Default none. */
  readonly lower?: number
  /** Largest value that is kept. Default none. */
  readonly upper?: number
  /** Steps of a trial before which it is not pruned. Default 0. */
  readonly warmupSteps?: number
  /** Distance between the steps at which a trial is looked at. Default 1. */
  readonly intervalSteps?: number
}

/**
 * Stops a trial whose last value is below `lower`, above `upper`, or NaN: a loss that has exploded. Throws an OptionError for
 * options outside their domains, or without a bound.
 *
 * @example `createStudy({ pruner: threshold({ upper: 10 }) })`
 */
export function threshold(options: ThresholdOptions): Pruner {
  const parsed = parseOptions('threshold', schema, options)
  const { lower = -Infinity, upper = Infinity, ...schedule } = parsed
  return {
    kind: 'pruner',
    name: 'threshold',
    options: parsed,
    prune(_, { intermediate }) {
      const last = lastReport(intermediate)
      if (last === undefined || !isDue(intermediate, last[0], schedule)) return false
      return !(last[1] >= lower && last[1] <= upper)
    },
  }
}
