// A power of what is left of the run; with power 1 a straight line.

import { parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { stepsOf } from '../span.ts'
import { between, numberOption, type OverOption, overSchema } from './ending.ts'

export interface LinearOptions extends OverOption {
  /** The value at step 0. */
  readonly from: number
  /** The value at the end, and after it. Default 0. */
  readonly to?: number
}

export interface PolynomialOptions extends LinearOptions {
  /** > 0. Default 2. */
  readonly power?: number
}

const linearSchema = z.strictObject({
  from: numberOption('The value at step 0.'),
  to: numberOption('The value at the end, and after it.').default(0),
  over: overSchema,
})

const polynomialSchema = linearSchema.extend({
  power: z.number().positive().default(2).meta({ description: 'The power of what is left of the run, > 0.' }),
})

/**
 * `to + (from − to) · (1 − step / over)^power`, and `to` from step `over` on.
 *
 * Throws an OptionError for a power ≤ 0 or a length that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
 *
 * ```ts
 * polynomial({ from: 0.1, power: 2 })
 * ```
 */
export function polynomial(given: number | PolynomialOptions): Schedule {
  const options = parseOptions('polynomial', polynomialSchema, withMainOption('from', given))
  const { from, to, over, power } = options
  return {
    kind: 'schedule',
    name: 'polynomial',
    options,
    at: (step, total) => to + (from - to) * Math.max(0, 1 - step / stepsOf(over ?? total, total)) ** power,
  }
}

/**
 * A straight line: `from + (to − from) · step / over`, and `to` from step `over` on. Errors as for `polynomial`.
 *
 * ```ts
 * linear(0.1) // to 0 over the run
 * linear({ from: 0.01, to: 0.1, over: 500 })
 * ```
 */
export function linear(given: number | LinearOptions): Schedule {
  const options = parseOptions('linear', linearSchema, withMainOption('from', given))
  const { from, to, over } = options
  return {
    kind: 'schedule',
    name: 'linear',
    options,
    at: (step, total) => between(from, to, step / stepsOf(over ?? total, total)),
  }
}
