// LeNet-5: LeCun, Bottou, Bengio & Haffner 1998, in the form in which it is used today.

import { type Layer, parseOptions, pluginSchema } from '@gradwerk/core'
import { averagePool2d, conv2d, dense, flatten, maxPool2d } from '@gradwerk/layers'
import { z } from 'zod'
import { type ActivationOption, activationLayer, activationSchema, initializerFor } from './activation.ts'
import { imageNetwork } from './network.ts'
import { type NetworkWeightOptions, networkWeightRows, outputsSchema } from './weights.ts'

const schema = z.strictObject({
  outputs: outputsSchema,
  padding: z
    .enum(['same', 'valid'])
    .default('same')
    .meta({ description: 'around the image: same for 28 × 28 pixels, valid for 32 × 32' }),
  pooling: z
    .enum(['max', 'average'])
    .default('max')
    .meta({ description: 'what shrinks the images', search: { type: 'categorical', choices: ['max', 'average'] } }),
  activation: activationSchema.default('relu').meta({
    description: 'after every convolution and hidden layer',
    search: { type: 'categorical', choices: ['relu', 'tanh'] },
  }),
  dropout: pluginSchema<Layer>('layer')
    .optional()
    .meta({ description: 'after the activation of each hidden dense layer' }),
  ...networkWeightRows,
})

export interface LeNet5Options extends NetworkWeightOptions {
  /** Number of outputs (logits), 1 and more. Default 10. */
  readonly outputs?: number
  /** Zeros around the image before the first convolution: `same` for 28 × 28 pixels (default), `valid` for images that have 32 × 32. */
  readonly padding?: 'same' | 'valid'
  /** What shrinks the images by two. Default `max`. */
  readonly pooling?: 'max' | 'average'
  /** After every convolution and hidden layer: a name, or any layer. Default `relu`. */
  readonly activation?: ActivationOption
  /** After the activation of each hidden dense layer: `dropout(0.3)`. Default none. */
  readonly dropout?: Layer | undefined
}

/**
 * LeNet-5 as it is used today: conv 6@5×5 → pool 2 → conv 16@5×5 → pool 2 → dense 120 → dense 84 → dense 10, with an activation after every
 * layer but pools and the last. For one channel and 10 outputs it has 61,706 parameters: 156 + 2,416 + 48,120 + 10,164 + 850.
 *
 * The original differs: its second convolution sees chosen subsets of the 6 maps (1,516 parameters), its pooling has a trained factor and
 * bias per map, its activation is 1.7159 · tanh(⅔ x), and its outputs are distances to fixed bitmaps of the characters (radial basis functions)
 * where these are logits. Nearest to it: `leNet5({ pooling: 'average', activation: 'tanh' })`.
 *
 * Shapes: x [batch, channels, 28, 28], or [batch, 28, 28] for one channel; logits [batch, outputs]. With `padding: 'valid'` 28 is 32; other sizes work
 * too, with other numbers of parameters.
 *
 * LeCun, Bottou, Bengio & Haffner 1998, section II.B and figure 2.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of large enough images
 * @example
 * ```ts
 * leNet5({ dropout: dropout(0.3), regularizer: l2(1e-4) })
 * ```
 */
export function leNet5(given: LeNet5Options = {}): Layer {
  const options = parseOptions('leNet5', schema, given)
  const { outputs, padding, pooling, dropout, regularizer, constraint } = options
  const { initializer = initializerFor(options.activation) } = options
  const weights = { initializer, regularizer, constraint }
  const activation = activationLayer(options.activation)
  const pool = pooling === 'max' ? maxPool2d() : averagePool2d()
  return imageNetwork('leNet5', options, [
    conv2d(6, { size: 5, padding, ...weights }), // [batch, 6, 28, 28]
    activation,
    pool, // [batch, 6, 14, 14]
    conv2d(16, { size: 5, ...weights }), // [batch, 16, 10, 10]
    activation,
    pool, // [batch, 16, 5, 5]
    flatten(), // [batch, 400]
    ...[120, 84].flatMap((units) => [dense(units, weights), activation, dropout]),
    dense(outputs, weights),
  ])
}
