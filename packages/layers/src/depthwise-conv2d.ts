// Convolution of every channel by itself.

import { conv2d as convolve, type Layer, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type ConvolutionLayerOptions, convolutionRows, withBias } from './convolution-options.ts'
import { imageShape } from './image.ts'
import { biasOf, kernelOf, weightRows } from './weight-options.ts'
import { type Size, windowOf } from './window-options.ts'

const schema = z.strictObject({
  ...convolutionRows,
  depthMultiplier: z
    .int()
    .positive()
    .default(1)
    .meta({ description: 'output channels of every input channel', search: { type: 'int', low: 1, high: 4 } }),
  ...weightRows,
})

export interface DepthwiseConv2dOptions extends ConvolutionLayerOptions {
  /** Output channels of every input channel, 1 and more. Default 1. */
  readonly depthMultiplier?: number
}

/**
 * Depthwise convolution: every channel has depthMultiplier kernels m of its own, y[n, c·depthMultiplier + m, i, j] = bias[…] + Σ x[n, c,
 * i·stride + p·dilation, …] · kernel[c·depthMultiplier + m, 0, p, q]. It is `conv2d` with as many groups as channels.
 *
 * Shapes: x [batch, channels, height, width], kernel [channels · depthMultiplier, 1, kernelHeight, kernelWidth], bias [channels ·
 * depthMultiplier], y [batch, channels · depthMultiplier, outHeight, outWidth], of the size that `conv2d` gives.
 *
 * Sifre & Mallat 2014, “Rigid-motion scattering for texture classification”; Howard et al. 2017, “MobileNets”, equation 3.
 *
 * @param first the size, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([depthwiseConv2d(3, { padding: 'same' }), relu(), conv2d(64, { size: 1 })])
 * ```
 */
export function depthwiseConv2d(
  first: Size | DepthwiseConv2dOptions,
  rest?: Omit<DepthwiseConv2dOptions, 'size'>,
): Layer {
  const options = parseOptions('depthwiseConv2d', schema, withMainOption('size', first, rest))
  return {
    kind: 'layer',
    name: 'depthwiseConv2d',
    options,
    apply(x, context) {
      const [groups, height, width] = imageShape('depthwiseConv2d', x, context)
      const outputs = groups * options.depthMultiplier
      const { size, ...window } = windowOf(options, [height, width])
      const place = { shape: [outputs, 1, ...size], inputAxes: [1], outputAxes: [0], groups }
      const kernel = kernelOf(context, place, options)
      const bias = biasOf(context, outputs, options)
      return withBias(convolve(x, kernel, { ...window, groups }), bias) // [batch, outputs, outHeight, outWidth]
    },
  }
}
