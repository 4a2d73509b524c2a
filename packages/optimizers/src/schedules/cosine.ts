// Half a cosine wave from one value to another (Loshchilov & Hutter 2017).

import { parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'

export interface CosineOptions {
  /** The value at step 0. */
  readonly from: number
  /** The value at the end, and after it. Default 0. */
  readonly to?: number
  /** Steps from `from` to `to`, ≥ 1. Default: the planned length of the run. */
  readonly over?: number | undefined
}

const schema = z.strictObject({
  from: z.number().meta({ description: 'The value at step 0.' }),
  to: z.number().default(0).meta({ description: 'The value at the end, and after it.' }),
  over: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Steps from the first value to the last; the planned length of the run by default.' }),
})

/**
 * Half a cosine wave: `to + (from − to) · (1 + cos(π · step / over)) / 2`, and `to` from step `over` on (PyTorch's
 * CosineAnnealingLR would rise again). The last step of a run is `over − 1`, so it still has a value above `to`.
 *
 * Throws an OptionError for a number of steps below 1.
 *
 * ```ts
 * cosine(1e-3)
 * cosine({ from: 0.1, to: 1e-3, over: 5000 })
 * ```
 *
 * Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5 without restarts.
 */
export function cosine(given: number | CosineOptions): Schedule {
  const options = parseOptions('cosine', schema, withMainOption('from', given))
  const { from, to, over } = options
  return {
    kind: 'schedule',
    name: 'cosine',
    options,
    at(step, total) {
      const done = Math.min(1, step / (over ?? total))
      return to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2
    },
  }
}
