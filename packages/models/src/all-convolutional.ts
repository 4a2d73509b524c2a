// An all-convolutional network: Springenberg, Dosovitskiy, Brox & Riedmiller 2015.

import { type Layer, parseOptions, pluginSchema } from '@gradwerk/core'
import { conv2d, globalAveragePool2d } from '@gradwerk/layers'
import { z } from 'zod'
import { type ActivationOption, activationLayer, activationSchema, initializerFor } from './activation.ts'
import { imageNetwork } from './network.ts'
import { type NetworkWeightOptions, networkWeightRows, outputsSchema } from './weights.ts'

const schema = z.strictObject({
  filters: z
    .array(z.int().positive())
    .min(1)
    .readonly()
    .default([32, 64])
    .meta({ description: 'channels of each stage, from the input on' }),
  convolutions: z
    .int()
    .nonnegative()
    .default(1)
    .meta({
      description: 'convolutions of each stage before the one that halves the image',
      search: { type: 'int', low: 0, high: 3 },
    }),
  outputs: outputsSchema,
  activation: activationSchema.default('relu').meta({
    description: 'after every convolution but the last',
    search: { type: 'categorical', choices: ['relu', 'leakyRelu', 'elu', 'silu'] },
  }),
  normalization: pluginSchema<Layer>('layer').optional().meta({ description: 'before every activation' }),
  dropout: pluginSchema<Layer>('layer').optional().meta({ description: 'after every stage' }),
  ...networkWeightRows,
})

export interface AllConvolutionalOptions extends NetworkWeightOptions {
  /** Channels of each stage; each halves the image at its end. Default [32, 64]. */
  readonly filters?: readonly number[]
  /** Convolutions of each stage before the one that halves the image, 0 and more. Default 1. */
  readonly convolutions?: number
  /** Number of outputs (logits), 1 and more. Default 10. */
  readonly outputs?: number
  /** After every convolution but the last: a name, or any layer. Default `relu`. */
  readonly activation?: ActivationOption
  /** Before every activation: `batchNorm()`. Default none, as in the paper. */
  readonly normalization?: Layer | undefined
  /** After every stage: `dropout(0.5)`. Default none. */
  readonly dropout?: Layer | undefined
}

/**
 * Nothing but convolutions: (conv 3×3, once or more → conv 3×3 with stride 2) for each number of filters → conv 3×3 → conv 1×1 → conv 1×1 to
 * the outputs → mean of each channel. Strided convolutions do what pools do elsewhere, and a mean what dense layers do.
 *
 * With one channel, [32, 64] filters, one convolution and 10 outputs it has 106,730 parameters, whatever the size of the images: 9,568 and 55,424 in
 * the stages, 36,928 + 4,160 + 650 after them. `allConvolutional({ filters: [96, 192], convolutions: 2 })` is the paper's All-CNN-C, with 1,369,738
 * parameters for three channels, but for three things: its 3×3 convolution after the stages has no padding, its last convolution is rectified
 * too, and it drops 20 % of the input.
 *
 * Without a normalization it learns late, as the mean of the last maps says little at first; `normalization: batchNorm()` helps.
 *
 * Shapes: x [batch, channels, height, width], or [batch, height, width] for one channel; logits [batch, outputs].
 *
 * Springenberg et al. 2015, “Striving for simplicity: the all convolutional net”, tables 1 and 2.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * allConvolutional({ filters: [16, 32], dropout: dropout(0.3) })
 * ```
 */
export function allConvolutional(given: AllConvolutionalOptions = {}): Layer {
  const options = parseOptions('allConvolutional', schema, given)
  const { filters, convolutions, outputs, normalization, dropout, regularizer, constraint } = options
  const { initializer = initializerFor(options.activation) } = options
  const weights = { initializer, regularizer, constraint }
  const activation = activationLayer(options.activation)
  const convolution = (channels: number, size: 1 | 3, strides: 1 | 2 = 1) => [
    conv2d(channels, { size, strides, padding: (size - 1) / 2, useBias: normalization === undefined, ...weights }),
    normalization,
    activation,
  ]
  const last = filters.at(-1) ?? 1
  return imageNetwork('allConvolutional', options, [
    ...filters.flatMap((channels) => [
      ...Array.from({ length: convolutions }, () => convolution(channels, 3)).flat(),
      ...convolution(channels, 3, 2),
      dropout,
    ]),
    ...convolution(last, 3),
    ...convolution(last, 1),
    conv2d(outputs, { size: 1, ...weights }),
    globalAveragePool2d(),
  ])
}
