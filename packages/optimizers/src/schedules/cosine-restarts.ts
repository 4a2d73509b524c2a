// Cosine waves that start again (SGDR: Loshchilov & Hutter 2017).

import { parseOptions, type Schedule } from '@gradwerk/core'
import { z } from 'zod'
import { type Span, spanSchema, stepsOf } from '../span.ts'
import { alongCosine, numberOption } from './ending.ts'

export interface CosineRestartsOptions {
  /** The value at step 0 and at every restart. */
  readonly from: number
  /** What every wave falls to. Default 0. */
  readonly to?: number
  /** Steps of the first wave, ≥ 1, or a fraction of the run. */
  readonly first: Span
  /** How many times longer each wave is than the one before, ≥ 1. Default 1. */
  readonly multiply?: number
}

const schema = z.strictObject({
  from: numberOption('The value at step 0 and at every restart.'),
  to: numberOption('What every wave falls to.').default(0),
  first: spanSchema('Steps of the first wave, or a fraction of the run.'),
  multiply: z.number().min(1).default(1).meta({ description: 'How many times longer each wave is, ≥ 1.' }),
})

/**
 * Half a cosine wave from `from` to `to` over T₀ steps, then again over T₁ = multiply · T₀, and so on:
 * `to + (from − to) · (1 + cos(π · t / Tᵢ)) / 2` with t steps since the last restart. The step of a restart has the value `from`; the one before
 * it is still above `to`.
 *
 * Throws an OptionError for a first wave that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1), or a multiply < 1.
 *
 * ```ts
 * cosineRestarts({ from: 0.1, first: 1 / 7, multiply: 2 }) // three waves
 * ```
 *
 * Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5.
 */
export function cosineRestarts(given: CosineRestartsOptions): Schedule {
  const options = parseOptions('cosineRestarts', schema, given)
  const { from, to, first, multiply } = options
  return {
    kind: 'schedule',
    name: 'cosineRestarts',
    options,
    at(step, total) {
      let length = stepsOf(first, total)
      if (multiply === 1) return alongCosine(from, to, (step % length) / length)
      let since = step
      while (since >= length) {
        since -= length
        length *= multiply
      }
      return alongCosine(from, to, since / length)
    },
  }
}
