// Glorot & Bengio 2010: the variance that keeps both activations and gradients, for symmetric activations.

import { type Initializer, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { scaled } from './variance-scaling.ts'

const schema = z.strictObject({
  gain: z
    .number()
    .positive()
    .default(1)
    .meta({ description: 'factor of the standard deviation', search: { type: 'float', low: 0.3, high: 3, log: true } }),
})

export interface XavierOptions {
  /** Factor of the standard deviation, above 0; `recommendedGain` knows values. Default 1. */
  readonly gain?: number
}

function xavier(name: string, distribution: 'normal' | 'uniform', given: XavierOptions): Initializer {
  const options = parseOptions(name, schema, given)
  const sample = scaled({ scale: options.gain ** 2, mode: 'fanAverage', distribution })
  return { kind: 'initializer', name, options, sample }
}

/**
 * Uniform draws with Var w = 2 · gain² / (fanIn + fanOut): w ~ U(−b, b) with b = gain · √(6 / (fanIn + fanOut)).
 *
 * Glorot & Bengio 2010, equation 16. Also exported as `glorotUniform`.
 *
 * @throws OptionError for a gain that is not positive
 * @example
 * ```ts
 * dense(10, { initializer: xavierUniform({ gain: recommendedGain('tanh') }) })
 * ```
 */
export function xavierUniform(options: XavierOptions = {}): Initializer {
  return xavier('xavierUniform', 'uniform', options)
}

/**
 * Normal draws with Var w = 2 · gain² / (fanIn + fanOut), not truncated (Keras truncates them).
 *
 * Glorot & Bengio 2010, equation 12. Also exported as `glorotNormal`.
 *
 * @throws OptionError for a gain that is not positive
 * @example
 * ```ts
 * dense(10, { initializer: xavierNormal() })
 * ```
 */
export function xavierNormal(options: XavierOptions = {}): Initializer {
  return xavier('xavierNormal', 'normal', options)
}

export { xavierNormal as glorotNormal, xavierUniform as glorotUniform }
