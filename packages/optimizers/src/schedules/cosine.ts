// Half a cosine wave from one value to another (Loshchilov & Hutter 2017).

import { parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { stepsOf } from '../span.ts'
import { alongCosine, numberOption, type OverOption, overSchema } from './ending.ts'

export interface CosineOptions extends OverOption {
  /** The value at step 0. */
  readonly from: number
  /** The value at the end, and after it. Default 0. */
  readonly to?: number
}

const schema = z.strictObject({
  from: numberOption('The value at step 0.'),
  to: numberOption('The value at the end, and after it.').default(0),
  over: overSchema,
})

/**
 * Half a cosine wave: `to + (from − to) · (1 + cos(π · step / over)) / 2`, and `to` from step `over` on (PyTorch's
 * CosineAnnealingLR would rise again). The last step of a run is `over − 1`, so it still has a value above `to`.
 *
 * Throws an OptionError for a length that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
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
    at: (step, total) => alongCosine(from, to, step / (over === undefined ? total : stepsOf(over, total))),
  }
}
