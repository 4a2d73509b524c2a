// A convolutional network with batch normalization: four convolutions, as in Simonyan & Zisserman 2015, normalized as in Ioffe & Szegedy 2015.

import { type Layer, parseOptions, pluginSchema } from '@gradwerk/core'
import { conv2d, dense, flatten, maxPool2d } from '@gradwerk/layers'
import { batchNorm } from '@gradwerk/normalization'
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
    .meta({ description: 'channels of each pair of convolutions' }),
  units: z
    .int()
    .positive()
    .default(128)
    .meta({ description: 'units of the hidden dense layer', search: { type: 'int', low: 32, high: 512, log: true } }),
  outputs: outputsSchema,
  activation: activationSchema.default('relu').meta({
    description: 'after every normalization',
    search: { type: 'categorical', choices: ['relu', 'leakyRelu', 'elu', 'silu'] },
  }),
  normalization: pluginSchema<Layer>('layer')
    .optional()
    .meta({ description: 'after every convolution and the hidden dense layer; batchNorm() unless given' }),
  dropout: pluginSchema<Layer>('layer')
    .optional()
    .meta({ description: 'after the activation of the hidden dense layer' }),
  ...networkWeightRows,
})

export interface BatchNormCnnOptions extends NetworkWeightOptions {
  /** Channels of each pair of convolutions, a pool after each. Default [32, 64]. */
  readonly filters?: readonly number[]
  /** Units of the hidden dense layer, 1 and more. Default 128. */
  readonly units?: number
  /** Number of outputs (logits), 1 and more. Default 10. */
  readonly outputs?: number
  /** After every normalization: a name, or any layer. Default `relu`. */
  readonly activation?: ActivationOption
  /** After every convolution and the hidden dense layer. Default `batchNorm()`. */
  readonly normalization?: Layer | undefined
  /** After the activation of the hidden dense layer: `dropout(0.5)`. Default none. */
  readonly dropout?: Layer | undefined
}

/**
 * A small batch-normalized convolutional network: (conv 3×3 → batchNorm → relu) twice → max-pool 2, for each number of filters; then dense →
 * batchNorm → relu → dense. Layers before a normalization have no bias: its shift does the same.
 *
 * For 28 × 28 pixels, one channel, [32, 64] filters, 128 units and 10 outputs it has 468,138 parameters: 288 + 9,216 + 18,432 + 36,864 in
 * convolutions, 401,408 + 1,290 in dense layers, 640 in normalizations.
 *
 * Shapes: x [batch, channels, height, width], or [batch, height, width] for one channel; logits [batch, outputs].
 *
 * Pairs of 3×3 convolutions: Simonyan & Zisserman 2015, table 1. Normalization before the activation: Ioffe & Szegedy 2015, section 3.2.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of large enough images
 * @example
 * ```ts
 * batchNormCnn({ filters: [16, 32], dropout: dropout(0.5) })
 * ```
 */
export function batchNormCnn(given: BatchNormCnnOptions = {}): Layer {
  const options = parseOptions('batchNormCnn', schema, given)
  const { filters, units, outputs, dropout, regularizer, constraint } = options
  const { normalization = batchNorm(), initializer = initializerFor(options.activation) } = options
  const weights = { initializer, regularizer, constraint }
  const activation = activationLayer(options.activation)
  const convolution = (channels: number) => [
    conv2d(channels, { size: 3, padding: 'same', useBias: false, ...weights }),
    normalization,
    activation,
  ]
  return imageNetwork('batchNormCnn', options, [
    ...filters.flatMap((channels) => [...convolution(channels), ...convolution(channels), maxPool2d()]),
    flatten(),
    dense(units, { useBias: false, ...weights }),
    normalization,
    activation,
    dropout,
    dense(outputs, weights),
  ])
}
