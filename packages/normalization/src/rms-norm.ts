// Root mean square normalization: Zhang & Sennrich 2019.

import { type Layer, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { epsilonRow, type ScaleOptions, scaleOf, scaleRows } from './affine-options.ts'
import { alongAxes, axesOf, axesRow, lengthsAlong } from './over-axes.ts'
import { divideByRootMeanSquare } from './root-mean-square.ts'
import { who } from './who.ts'

const schema = z.strictObject({
  axes: axesRow,
  epsilon: epsilonRow(1e-6, 'added to the mean square'),
  ...scaleRows(),
})

export interface RmsNormOptions extends ScaleOptions {
  /** Axes to normalize over, counted from either end, without that of the batch. Default [-1], the last one. */
  readonly axes?: readonly number[]
  /** Added to the mean square, above 0. Default 1e-6. */
  readonly epsilon?: number
}

/**
 * Root mean square normalization: y = x / √(mean of x² + ε) · scale, for every sample by itself. Unlike `layerNorm` it subtracts no mean
 * and has no shift. Training and evaluation are the same.
 *
 * Shapes: x and y [batch, …, features]; scale has the lengths of the axes, [features] by default.
 *
 * Zhang & Sennrich 2019, equation 4, with ε inside the root as in later implementations.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for axes that the input does not have
 * @example
 * ```ts
 * sequential([dense(512), rmsNorm(), relu(), dense(10)])
 * ```
 */
export function rmsNorm(given: RmsNormOptions = {}): Layer {
  const options = parseOptions('rmsNorm', schema, given)
  return {
    kind: 'layer',
    name: 'rmsNorm',
    options,
    apply(x, context) {
      const axes = axesOf(x, options.axes, who('rmsNorm', context))
      const scale = alongAxes(scaleOf(context, lengthsAlong(x, axes), options), x, axes)
      return divideByRootMeanSquare(x, axes, scale, options.epsilon)
    },
  }
}
