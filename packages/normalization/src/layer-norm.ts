// Layer normalization: Ba, Kiros & Hinton 2016.

import { type Layer, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { type AffineOptions, epsilonRow, scaleOf, scaleRows, shiftOf, shiftRows } from './affine-options.ts'
import { normalizeOver } from './normalize-over.ts'
import { alongAxes, axesOf, axesRow, lengthsAlong } from './over-axes.ts'
import { who } from './who.ts'

const schema = z.strictObject({ axes: axesRow, epsilon: epsilonRow(1e-5), ...scaleRows(), ...shiftRows() })

export interface LayerNormOptions extends AffineOptions {
  /** Axes to normalize over, counted from either end, without that of the batch. Default [-1], the last one. */
  readonly axes?: readonly number[]
  /** Added to the variance, above 0. Default 1e-5. */
  readonly epsilon?: number
}

/**
 * Layer normalization: y = (x − mean) / √(variance + ε) · scale + shift, for every sample by itself, with mean and biased variance over
 * the axes. Training and evaluation are the same.
 *
 * Shapes: x and y [batch, …, features]; scale and shift have the lengths of the axes: [features] by default, [channels, height, width]
 * for `axes: [1, 2, 3]` (PyTorch's `normalized_shape`).
 *
 * Accuracy: as `normalizeOver`, for means up to 10⁴ standard deviations.
 *
 * Ba, Kiros & Hinton 2016, equations 3 and 4.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for axes that the input does not have
 * @example
 * ```ts
 * sequential([dense(512), layerNorm(), relu(), dense(10)])
 * ```
 */
export function layerNorm(given: LayerNormOptions = {}): Layer {
  const options = parseOptions('layerNorm', schema, given)
  return {
    kind: 'layer',
    name: 'layerNorm',
    options,
    apply(x, context) {
      const axes = axesOf(x, options.axes, who('layerNorm', context))
      const lengths = lengthsAlong(x, axes)
      const scale = alongAxes(scaleOf(context, lengths, options), x, axes)
      const shift = alongAxes(shiftOf(context, lengths, options), x, axes)
      return normalizeOver(x, axes, { scale, shift }, options.epsilon)
    },
  }
}
