// The two-dimensional convolution layer.

import { add, conv2d as convolve, type Layer, parseOptions, reshape, ShapeError, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { imageShape } from './image.ts'
import { biasOf, kernelOf, type WeightOptions, weightRows } from './weight-options.ts'
import { who } from './who.ts'
import { type PaddingOption, paddingSchema, type Size, sizeSchema, windowOf } from './window-options.ts'

const schema = z.strictObject({
  filters: z
    .int()
    .positive()
    .meta({ description: 'number of output channels', search: { type: 'int', low: 8, high: 128, log: true } }),
  size: sizeSchema.meta({
    description: 'height and width of the kernel',
    search: { type: 'categorical', choices: [3, 5, 7] },
  }),
  strides: sizeSchema.default(1).meta({ description: 'distance between neighbouring windows' }),
  padding: paddingSchema.default('valid').meta({ description: 'zeros around the image' }),
  dilations: sizeSchema.default(1).meta({ description: 'distance between neighbouring taps of the kernel' }),
  groups: z.int().positive().default(1).meta({ description: 'groups of channels that do not mix' }),
  ...weightRows,
})

export interface Conv2dOptions extends WeightOptions {
  /** Number of output channels, 1 and more. */
  readonly filters: number
  /** Height and width of the kernel, in pixels. */
  readonly size: Size
  /** Distance between neighbouring windows, in pixels. Default 1. */
  readonly strides?: Size
  /** Zeros around the image. Default `valid`: none. */
  readonly padding?: PaddingOption
  /** Distance between neighbouring taps of the kernel, in pixels. Default 1. */
  readonly dilations?: Size
  /** Groups of channels that do not mix; divides input channels and filters. Default 1. */
  readonly groups?: number
}

/**
 * Convolution of images (cross-correlation, as in PyTorch and ONNX): y[n, o, i, j] = bias[o] + Σ x[n, c, i·stride + p·dilation, …] ·
 * kernel[o, c, p, q].
 *
 * Shapes: x [batch, channels, height, width], kernel [filters, channels / groups, kernelHeight, kernelWidth], bias [filters], y [batch,
 * filters, outHeight, outWidth] with outHeight = ⌊(height + padding − dilation · (kernelHeight − 1) − 1) / stride⌋ + 1.
 *
 * @param first the number of filters, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images or
 * channels that groups do not divide
 * @example
 * ```ts
 * sequential([conv2d(32, { size: 3, padding: 'same' }), relu(), maxPool2d(2)])
 * ```
 */
export function conv2d(first: number | Conv2dOptions, rest?: Omit<Conv2dOptions, 'filters'>): Layer {
  const options = parseOptions('conv2d', schema, withMainOption('filters', first, rest))
  const { filters, groups } = options
  return {
    kind: 'layer',
    name: 'conv2d',
    options,
    apply(x, context) {
      const [channels, height, width] = imageShape('conv2d', x, context)
      if (channels % groups !== 0 || filters % groups !== 0)
        throw new ShapeError({
          who: who('conv2d', context),
          problem: 'the groups do not divide the channels',
          expected: `input channels and filters that are multiples of ${groups}`,
          got: `${channels} channels and ${filters} filters`,
        })
      const { size, ...window } = windowOf(options, [height, width])
      const shape = [filters, channels / groups, ...size]
      const kernel = kernelOf(context, { shape, inputAxes: [1], outputAxes: [0] }, options)
      const bias = biasOf(context, filters, options)
      const y = convolve(x, kernel, { ...window, groups }) // [batch, filters, outHeight, outWidth]
      return bias === undefined ? y : add(y, reshape(bias, [filters, 1, 1]))
    },
  }
}
