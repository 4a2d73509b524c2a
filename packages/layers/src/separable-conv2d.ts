// A convolution in two factors: over the image, then over the channels.

import { type Layer, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { conv2d } from './conv2d.ts'
import { convolutionRows } from './convolution-options.ts'
import { type DepthwiseConv2dOptions, depthwiseConv2d } from './depthwise-conv2d.ts'
import { filtersSchema, weightRows } from './weight-options.ts'

const schema = z.strictObject({
  filters: filtersSchema,
  ...convolutionRows,
  depthMultiplier: z
    .int()
    .positive()
    .default(1)
    .meta({
      description: 'channels between the two convolutions, per input channel',
      search: { type: 'int', low: 1, high: 4 },
    }),
  ...weightRows,
})

export interface SeparableConv2dOptions extends DepthwiseConv2dOptions {
  /** Number of output channels, 1 and more. */
  readonly filters: number
}

/**
 * Depthwise separable convolution: a depthwise convolution without bias, then a pointwise one, with nothing between them. Initializer,
 * regularizer, constraint and parametrization are those of both kernels; two layers, `depthwiseConv2d` and `conv2d` of size 1, can have
 * different ones.
 *
 * Shapes: x [batch, channels, height, width], depthwise.kernel [channels · depthMultiplier, 1, kernelHeight, kernelWidth],
 * pointwise.kernel [filters, channels · depthMultiplier, 1, 1], pointwise.bias [filters], y [batch, filters, outHeight, outWidth], of the
 * size that `conv2d` gives.
 *
 * Chollet 2017, “Xception”, section 1.2; Howard et al. 2017, “MobileNets”, equations 3 to 5.
 *
 * @param first the number of filters, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([separableConv2d(64, { size: 3, padding: 'same' }), relu(), globalAveragePool2d(), dense(10)])
 * ```
 */
export function separableConv2d(
  first: number | SeparableConv2dOptions,
  rest?: Omit<SeparableConv2dOptions, 'filters'>,
): Layer {
  const options = parseOptions('separableConv2d', schema, withMainOption('filters', first, rest))
  const { filters, size, strides, padding, dilations, depthMultiplier, ...weights } = options
  const window = { size, strides, padding, dilations, depthMultiplier }
  const { biasInitializer: _, biasRegularizer: __, ...kernel } = weights
  const depthwise = depthwiseConv2d({ ...window, ...kernel, useBias: false })
  const pointwise = conv2d(filters, { size: 1, ...weights })
  return {
    kind: 'layer',
    name: 'separableConv2d',
    options,
    apply: (x, context) => context.child('pointwise', pointwise, context.child('depthwise', depthwise, x)),
  }
}
