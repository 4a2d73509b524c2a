// The multilayer perceptron: Rumelhart, Hinton & Williams 1986.

import { type Layer, parseOptions, pluginSchema } from '@gradwerk/core'
import { dense, flatten } from '@gradwerk/layers'
import { z } from 'zod'
import { type ActivationOption, activationLayer, activationSchema, initializerFor } from './activation.ts'
import { network } from './network.ts'
import { type NetworkWeightOptions, networkWeightRows, outputsSchema } from './weights.ts'

const schema = z.strictObject({
  hidden: z
    .array(z.int().positive())
    .readonly()
    .default([512, 512])
    .meta({ description: 'units of the hidden layers, from the input on' }),
  outputs: outputsSchema,
  activation: activationSchema.default('relu').meta({
    description: 'after every hidden layer',
    search: { type: 'categorical', choices: ['relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'tanh'] },
  }),
  normalization: pluginSchema<Layer>('layer')
    .optional()
    .meta({ description: 'between each hidden layer and its activation' }),
  dropout: pluginSchema<Layer>('layer').optional().meta({ description: 'after each activation' }),
  useBias: z
    .boolean()
    .optional()
    .meta({ description: 'whether hidden layers add a bias; unless given, where there is no normalization' }),
  ...networkWeightRows,
})

export interface MlpOptions extends NetworkWeightOptions {
  /** Units of the hidden layers, from the input on; none make a linear model. Default [512, 512]. */
  readonly hidden?: readonly number[]
  /** Number of outputs (logits), 1 and more. Default 10. */
  readonly outputs?: number
  /** After every hidden layer: a name, or any layer. Default `relu`. */
  readonly activation?: ActivationOption
  /** Between each hidden layer and its activation: `batchNorm()`. Default none. */
  readonly normalization?: Layer | undefined
  /** After each activation: `dropout(0.5)`. Default none. */
  readonly dropout?: Layer | undefined
  /** Whether hidden layers add a bias. Default: where there is no normalization, which has a shift of its own. */
  readonly useBias?: boolean | undefined
}

/**
 * The multilayer perceptron: flatten → (dense → [normalization] → activation → [dropout]) for each hidden layer → dense.
 *
 * With layers of widths n₀ (elements of a sample), n₁ … nₖ it has Σ (nᵢ₋₁ + 1) · nᵢ parameters: 784-512-512-10 has 669,706.
 *
 * Shapes: x [batch, …], logits [batch, outputs].
 *
 * Rumelhart, Hinton & Williams 1986, with the rectifier of Nair & Hinton 2010 for the sigmoid.
 *
 * @throws OptionError for an option outside its domain
 * @example
 * ```ts
 * mlp({ hidden: [512, 512], normalization: batchNorm(), dropout: dropout(0.5), regularizer: l2(1e-4) })
 * ```
 */
export function mlp(given: MlpOptions = {}): Layer {
  const options = parseOptions('mlp', schema, given)
  const { hidden, outputs, activation, normalization, dropout, regularizer, constraint } = options
  const { initializer = initializerFor(activation), useBias = normalization === undefined } = options
  const weights = { initializer, regularizer, constraint }
  const blocks = hidden.flatMap((units) => [
    dense(units, { ...weights, useBias }),
    normalization,
    activationLayer(activation),
    dropout,
  ])
  return network('mlp', options, [flatten(), ...blocks, dense(outputs, weights)])
}
