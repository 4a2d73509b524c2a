// Layers that shrink images by taking the maximum or the mean of windows.

import {
  averagePool2d as average,
  type Layer,
  maxPool2d as maximum,
  mean,
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
}

export interface MaxPool2dOptions extends PoolingLayerOptions {
  /** Distance between neighbouring taps of the window, in pixels. Default 1. */
  readonly dilations?: Size
}

export interface AveragePool2dOptions extends PoolingLayerOptions {
  /** Whether padding counts in the divisor. Default true, PyTorch's (Keras never counts it). */
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
  const { size, strides = size } = options
  return {
    kind: 'layer',
    name: 'maxPool2d',
    options,
    apply(x, context) {
      const [, height, width] = imageShape('maxPool2d', x, context)
      return maximum(x, windowOf({ ...options, strides }, [height, width]))
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
  const { size, strides = size, countPadding } = options
  return {
    kind: 'layer',
    name: 'averagePool2d',
    options,
    apply(x, context) {
      const [, height, width] = imageShape('averagePool2d', x, context)
      return average(x, { ...windowOf({ ...options, strides, dilations: 1 }, [height, width]), countPadding })
    },
  }
}

const nothing = z.strictObject({})

/**
 * The mean of every channel: y[n, c] = mean over i, j of x[n, c, i, j].
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels].
 *
 * @throws ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([conv2d(64, { size: 3 }), relu(), globalAveragePool2d(), dense(10)])
 * ```
 */
export function globalAveragePool2d(given: Readonly<Record<string, never>> = {}): Layer {
  const options = parseOptions('globalAveragePool2d', nothing, given)
  return {
    kind: 'layer',
    name: 'globalAveragePool2d',
    options,
    apply(x, context) {
      imageShape('globalAveragePool2d', x, context)
      return mean(x, { axes: [2, 3] })
    },
  }
}
