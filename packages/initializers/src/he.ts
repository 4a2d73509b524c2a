// He, Zhang, Ren & Sun 2015: the variance that keeps the signal through rectifiers.

import { type Initializer, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { recommendedGain } from './gain.ts'
import { type FanMode, modeSchema, scaled } from './variance-scaling.ts'

const schema = z
  .strictObject({
    gain: z
      .number()
      .positive()
      .optional()
      .meta({
        description: 'factor of the standard deviation; √(2 / (1 + negativeSlope²)) unless given',
        search: { type: 'float', low: 0.5, high: 3, log: true },
      }),
    negativeSlope: z
      .number()
      .optional()
      .meta({ description: 'slope of the leaky rectifier that follows; 0 unless given' }),
    mode: modeSchema.default('fanIn').meta({
      description: 'the connections that are counted',
      search: { type: 'categorical', choices: ['fanIn', 'fanOut'] },
    }),
  })
  .refine(({ gain, negativeSlope }) => gain === undefined || negativeSlope === undefined, {
    path: ['gain'],
    error: 'either gain or negativeSlope, from which the gain follows',
  })

export interface HeOptions {
  /** Factor of the standard deviation, above 0. Default √(2 / (1 + negativeSlope²)): √2 for plain ReLU. */
  readonly gain?: number | undefined
  /** Slope of the leaky rectifier that follows. Default 0; excludes `gain`. */
  readonly negativeSlope?: number | undefined
  /** `fanIn` (default) keeps the variance of activations, `fanOut` that of gradients. */
  readonly mode?: FanMode
}

function he(name: string, distribution: 'normal' | 'uniform', given: HeOptions): Initializer {
  const options = parseOptions(name, schema, given)
  const gain = options.gain ?? recommendedGain('leakyRelu', options.negativeSlope ?? 0)
  const sample = scaled({ scale: gain ** 2, mode: options.mode, distribution })
  return { kind: 'initializer', name, options, sample }
}

/**
 * Normal draws with Var w = gain² / fan, not truncated (Keras truncates them). With the default gain √2 and `fanIn`, Var w = 2 / fanIn.
 *
 * He et al. 2015, equations 10 and 14; with a negative slope, equation 15.
 *
 * @throws OptionError for a gain that is not positive, or a gain and a negative slope together
 * @example
 * ```ts
 * dense(512, { initializer: heNormal() })
 * ```
 */
export function heNormal(options: HeOptions = {}): Initializer {
  return he('heNormal', 'normal', options)
}

/**
 * Uniform draws with Var w = gain² / fan: w ~ U(−b, b) with b = gain · √(3 / fan).
 *
 * He et al. 2015, equations 10 and 14; with a negative slope, equation 15.
 *
 * @throws OptionError for a gain that is not positive, or a gain and a negative slope together
 * @example
 * ```ts
 * conv2d(32, { size: 3, initializer: heUniform({ negativeSlope: 0.1 }) })
 * ```
 */
export function heUniform(options: HeOptions = {}): Initializer {
  return he('heUniform', 'uniform', options)
}
