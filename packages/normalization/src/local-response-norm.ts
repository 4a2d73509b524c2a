// Local response normalization: Krizhevsky, Sutskever & Hinton 2012.

import { type Layer, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { channelsOf } from './grouped.ts'
import { localResponse } from './local-response.ts'
import { who } from './who.ts'

const schema = z.strictObject({
  size: z
    .int()
    .positive()
    .default(5)
    .meta({ description: 'channels in the window', search: { type: 'categorical', choices: [3, 5, 7] } }),
  alpha: z
    .number()
    .nonnegative()
    .default(1e-4)
    .meta({
      description: 'weight of the mean square in the window',
      search: { type: 'float', low: 1e-5, high: 1, log: true },
    }),
  beta: z
    .number()
    .positive()
    .default(0.75)
    .meta({ description: 'exponent', search: { type: 'float', low: 0.25, high: 1 } }),
  k: z
    .number()
    .positive()
    .default(1)
    .meta({
      description: 'added to the weighted mean square',
      search: { type: 'float', low: 0.5, high: 4, log: true },
    }),
})

export interface LocalResponseNormOptions {
  /** Channels in the window, 1 and more. Default 5. */
  readonly size?: number
  /** Weight of the mean square in the window, 0 and more. Default 1e-4. */
  readonly alpha?: number
  /** Exponent, above 0. Default 0.75. */
  readonly beta?: number
  /** Added to the weighted mean square, above 0. Default 1 (the paper: 2). */
  readonly k?: number
}

/**
 * Local response normalization: y[c] = x[c] / (k + α / size · Σ x[j]²)^β, the sum over the channels j from c − ⌊size/2⌋ to c − ⌊size/2⌋ +
 * size − 1 that exist. As in PyTorch and ONNX α is divided by the size; in the paper and in TensorFlow it is not.
 *
 * Shapes: x and y [batch, channels, …].
 *
 * Krizhevsky, Sutskever & Hinton 2012, section 3.3.
 *
 * @param first the size, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input without channels
 * @example
 * ```ts
 * sequential([conv2d(96, { size: 11, strides: 4 }), relu(), localResponseNorm(5, { alpha: 5e-4, k: 2 })])
 * ```
 */
export function localResponseNorm(
  first: number | LocalResponseNormOptions = {},
  rest: Omit<LocalResponseNormOptions, 'size'> = {},
): Layer {
  const options = parseOptions('localResponseNorm', schema, withMainOption('size', first, rest))
  return {
    kind: 'layer',
    name: 'localResponseNorm',
    options,
    apply(x, context) {
      channelsOf(x.shape, who('localResponseNorm', context), '[batch, channels, …] of known lengths')
      return localResponse(x, options)
    },
  }
}
