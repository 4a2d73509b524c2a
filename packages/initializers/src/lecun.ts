// LeCun, Bottou, Orr & Müller 1998: unit variance of pre-activations for normalized inputs; also what self-normalizing networks use.

import { type Initializer, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { scaled } from './variance-scaling.ts'

const nothing = z.strictObject({})

function lecun(name: string, distribution: 'normal' | 'uniform', given: object): Initializer {
  const options = parseOptions(name, nothing, given)
  return { kind: 'initializer', name, options, sample: scaled({ scale: 1, mode: 'fanIn', distribution }) }
}

/**
 * Normal draws with Var w = 1 / fanIn, not truncated (Keras truncates them).
 *
 * LeCun et al. 1998, “Efficient BackProp”, equation 16.
 *
 * @example
 * ```ts
 * dense(64, { initializer: lecunNormal() })
 * ```
 */
export function lecunNormal(options: Readonly<Record<string, never>> = {}): Initializer {
  return lecun('lecunNormal', 'normal', options)
}

/**
 * Uniform draws with Var w = 1 / fanIn: w ~ U(−b, b) with b = √(3 / fanIn).
 *
 * LeCun et al. 1998, “Efficient BackProp”, equation 16.
 *
 * @example
 * ```ts
 * dense(64, { initializer: lecunUniform() })
 * ```
 */
export function lecunUniform(options: Readonly<Record<string, never>> = {}): Initializer {
  return lecun('lecunUniform', 'uniform', options)
}
