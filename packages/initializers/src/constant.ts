// Initializers that give every element the same number.

import { type Initializer, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { draw } from './draw.ts'

const nothing = z.strictObject({})

const schema = z.strictObject({
  value: z.number().meta({ description: 'what every element becomes' }),
})

export interface ConstantOptions {
  /** What every element becomes: any finite number. */
  readonly value: number
}

function same(name: string, options: Readonly<Record<string, unknown>>, value: number): Initializer {
  return { kind: 'initializer', name, options, sample: (shape) => draw(shape, () => value) }
}

/**
 * Every element is one number: w = value.
 *
 * @param first the value, or all options
 * @throws OptionError when the value is not a finite number
 * @example
 * ```ts
 * dense(10, { biasInitializer: constant(0.1) })
 * ```
 */
export function constant(first: number | ConstantOptions): Initializer {
  const options = parseOptions('constant', schema, withMainOption('value', first))
  return same('constant', options, options.value)
}

/**
 * Every element is 0.
 *
 * @example
 * ```ts
 * dense(10, { initializer: zeros() })
 * ```
 */
export function zeros(options: Readonly<Record<string, never>> = {}): Initializer {
  return same('zeros', parseOptions('zeros', nothing, options), 0)
}

/**
 * Every element is 1.
 *
 * @example
 * ```ts
 * batchNorm({ scaleInitializer: ones() })
 * ```
 */
export function ones(options: Readonly<Record<string, never>> = {}): Initializer {
  return same('ones', parseOptions('ones', nothing, options), 1)
}
