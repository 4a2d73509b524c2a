// Layers that shrink images by taking the maximum or the mean of windows.

import {
  averagePool2d as average,
  type Layer,
  maxPool2d as maximum,
  parseOptions,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { imageShape } from './image.ts'
import { type PaddingOption, paddingSchema, type Size, sizeSchema, windowOf } from './window-options.ts'

const windowRows = {
  size: sizeSchema.default(2).meta({ description: 'height and width of the window' }),
  strides: sizeSchema.optional().meta({ description: 'distance between neighbouring windows; the size unless given' }),
  padding: paddingSchema.default('valid').meta({ description: 'zeros around the image' }),
  ceilMode: z
    .boolean()
    .default(false)
    .meta({ description: 'whether a last window that reaches beyond the image counts' }),
}
const maxSchema = z.strictObject({
  ...windowRows,
  dilations: sizeSchema.default(1).meta({ description: 'distance between neighbouring taps of the window' }),
})
const averageSchema = z.strictObject({
  ...windowRows,
  countPadding: z.boolean().default(true).meta({ description: 'whether padding counts in the divisor' }),
})

export interface PoolingLayerOptions {
  /** Height and width of the window, in pixels. Default 2. */
  readonly size?: Size
  /** Distance between neighbouring windows, in pixels. Default: the size. */
  readonly strides?: Size | undefined
  /** What lies around the image. Default `valid`: nothing. */
  readonly padding?: PaddingOption
  /**
   * Whether a last window counts that begins in the image, or in the padding before it, and reaches beyond: ⌈…⌉ instead of ⌊…⌋ in the size of
   * the output, as PyTorch's `ceil_mode`. Default false.
   */
  readonly ceilMode?: boolean
}

export interface MaxPool2dOptions extends PoolingLayerOptions {
  /** Distance between neighbouring taps of the window, in pixels. Default 1. */
  readonly dilations?: Size
}

export interface AveragePool2dOptions extends PoolingLayerOptions {
  /** Whether padding counts in the divisor; what `ceilMode` adds never does. Default true, PyTorch's (Keras never counts padding). */
  readonly countPadding?: boolean
}

/**
 * The maximum of every window: y[n, c, i, j] = max over p, q of x[n, c, i·stride + p·dilation, …]. Padding never wins; the first
 * maximum in row-major order takes the gradient.
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels, outHeight, outWidth] with outHeight = ⌊(height + padding − dilation ·
 * (size − 1) − 1) / stride⌋ + 1.
 *
 * @param first the size, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for a window that does not fit
 * @example
 * ```ts
 * maxPool2d(3, { strides: 2, padding: 1 })
 * ```
 */
export function maxPool2d(first: Size | MaxPool2dOptions = {}, rest?: Omit<MaxPool2dOptions, 'size'>): Layer {
  const options = parseOptions('maxPool2d', maxSchema, withMainOption('size', first, rest))
  const { size, strides = size, ceilMode } = options
  return {
    kind: 'layer',
    name: 'maxPool2d',
    options,
    apply(x, context) {
      const [, height, width] = imageShape('maxPool2d', x, context)
      return maximum(x, { ...windowOf({ ...options, strides }, [height, width]), ceilMode })
    },
  }
}

/**
 * The mean of every window: y[n, c, i, j] = mean over p, q of x[n, c, i·stride + p, …].
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels, outHeight, outWidth] with outHeight = ⌊(height + padding − size) / stride⌋ +
 * 1.
 *
 * @param first the size, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for a window that does not fit
 * @example
 * ```ts
 * averagePool2d([2, 4])
 * ```
 */
export function averagePool2d(
  first: Size | AveragePool2dOptions = {},
  rest?: Omit<AveragePool2dOptions, 'size'>,
): Layer {
  const options = parseOptions('averagePool2d', averageSchema, withMainOption('size', first, rest))
  const { size, strides = size, ceilMode, countPadding } = options
  return {
    kind: 'layer',
    name: 'averagePool2d',
    options,
    apply(x, context) {
      const [, height, width] = imageShape('averagePool2d', x, context)
      const window = windowOf({ ...options, strides, dilations: 1 }, [height, width])
      return average(x, { ...window, ceilMode, countPadding })
    },
  }
}
