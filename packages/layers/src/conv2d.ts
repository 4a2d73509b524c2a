// The two-dimensional convolution layer.

import { conv2d as convolve, type Layer, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type ConvolutionLayerOptions, checkGroups, convolutionRows, withBias } from './convolution-options.ts'
import { imageShape } from './image.ts'
import { biasOf, filtersSchema, kernelOf, weightRows } from './weight-options.ts'
import { windowOf } from './window-options.ts'

const schema = z.strictObject({
  filters: filtersSchema,
  ...convolutionRows,
  groups: z.int().positive().default(1).meta({ description: 'groups of channels that do not mix' }),
  ...weightRows,
})

export interface Conv2dOptions extends ConvolutionLayerOptions {
  /** Number of output channels, 1 and more. */
  readonly filters: number
  /** Groups of channels that do not mix; divides input channels and filters. Default 1. */
  readonly groups?: number
}

/**
 * Convolution of images (cross-correlation, as in PyTorch and ONNX): y[n, o, i, j] = bias[o] + Σ x[n, c, i·stride + p·dilation, …] ·
 * kernel[o, c, p, q].
 *
 * Shapes: x [batch, channels, height, width], kernel [filters, channels / groups, kernelHeight, kernelWidth], bias [filters], y [batch,
 * filters, outHeight, outWidth] with outHeight = ⌊(height + padding − dilation · (kernelHeight − 1) − 1) / stride⌋ + 1, and ⌈height /
 * stride⌉ for `same`, TensorFlow's (PyTorch has `same` for stride 1 alone).
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
      checkGroups('conv2d', context, { channels, filters, groups })
      const { size, ...window } = windowOf(options, [height, width])
      const shape = [filters, channels / groups, ...size]
      const kernel = kernelOf(context, { shape, inputAxes: [1], outputAxes: [0], groups }, options)
      const bias = biasOf(context, filters, options)
      return withBias(convolve(x, kernel, { ...window, groups }), bias) // [batch, filters, outHeight, outWidth]
    },
  }
}
