// The schedule that is none.

import { parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'

export interface ConstantOptions {
  readonly value: number
}

const schema = z.strictObject({ value: z.number().meta({ description: 'The value at every step.' }) })

/**
 * The same value at every step. Unlike a plain number it is fed step by step, so that runs with a schedule and runs without one
 * share a compiled program.
 *
 * ```ts
 * constant(1e-3)
 * ```
 */
export function constant(given: number | ConstantOptions): Schedule {
  const options = parseOptions('constant', schema, withMainOption('value', given))
  return { kind: 'schedule', name: 'constant', options, at: () => options.value }
}
