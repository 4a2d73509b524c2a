// Instance normalization: Ulyanov, Vedaldi & Lempitsky 2016.

import { formatShape, type Layer, parseOptions, ShapeError } from '@gradwerk/core'
import { z } from 'zod'
import { type AffineOptions, epsilonRow, scaleOf, scaleRows, shiftOf, shiftRows } from './affine-options.ts'
import { channelsOf, normalizeGroups } from './grouped.ts'
import { who } from './who.ts'

const schema = z.strictObject({ epsilon: epsilonRow(1e-5), ...scaleRows(false), ...shiftRows(false) })

export interface InstanceNormOptions extends AffineOptions {
  /** Added to the variance, above 0. Default 1e-5. */
  readonly epsilon?: number
}

/**
 * Instance normalization: y = (x − mean) / √(variance + ε) · scale + shift, with mean and biased variance over the elements of each
 * channel of each sample. Scale and shift are not learned unless asked for, as in the paper and in PyTorch. There are no running
 * statistics: training and evaluation are the same.
 *
 * Shapes: x and y [batch, channels, length] or [batch, channels, height, width], scale and shift [channels].
 *
 * Accuracy: as `normalizeOver`, for means up to 10⁴ standard deviations.
 *
 * Ulyanov, Vedaldi & Lempitsky 2016, equation 4.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input whose channels are single numbers
 * @example
 * ```ts
 * sequential([conv2d(32, { size: 3 }), instanceNorm({ useScale: true, useShift: true }), relu()])
 * ```
 */
export function instanceNorm(given: InstanceNormOptions = {}): Layer {
  const options = parseOptions('instanceNorm', schema, given)
  return {
    kind: 'layer',
    name: 'instanceNorm',
    options,
    apply(x, context) {
      const expected = '[batch, channels, …] with several elements in a channel'
      const channels = channelsOf(x.shape, who('instanceNorm', context), expected)
      if (x.shape.slice(2).every((length) => length === 1))
        throw new ShapeError({
          who: who('instanceNorm', context),
          problem: 'a channel of one number has no variance',
          expected,
          got: formatShape(x.shape),
        })
      const scale = scaleOf(context, [channels], options)
      const shift = shiftOf(context, [channels], options)
      return normalizeGroups(x, channels, { scale, shift }, options.epsilon)
    },
  }
}
