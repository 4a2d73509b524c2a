// The mean of the loss over samples.

import { type Metric, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { streamingMean } from './streaming-mean.ts'

const schema = z.strictObject({})

/**
 * The mean loss over all samples, without penalties: `Σ loss / n`, or divided by what the
 * samples count where the loss weighs them (class weights). Smaller is better. A loss that is NaN makes the mean NaN.
 *
 * Shapes: losses [batch], of batches of any length.
 *
 * ```ts
 * meanLoss()
 * ```
 */
export function meanLoss(given: Record<string, never> = {}): Metric {
  return {
    kind: 'metric',
    name: 'meanLoss',
    options: parseOptions('meanLoss', schema, given),
    mode: 'min',
    ...streamingMean(
      ({ losses }) => losses,
      ({ weights }) => weights,
    ),
  }
}
