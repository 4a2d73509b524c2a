// A residual network with pre-activation: He, Zhang, Ren & Sun 2016, “Identity mappings in deep residual networks”.

import { type Layer, parseOptions, pluginSchema } from '@gradwerk/core'
import { conv2d, dense, globalAveragePool2d, residual, stochasticDepth } from '@gradwerk/layers'
import { batchNorm } from '@gradwerk/normalization'
import { z } from 'zod'
import { type ActivationOption, activationLayer, activationSchema, initializerFor } from './activation.ts'
import { imageNetwork } from './network.ts'
import { type NetworkWeightOptions, networkWeightRows, outputsSchema } from './weights.ts'

const schema = z.strictObject({
  stages: z
    .int()
    .positive()
    .default(3)
    .meta({ description: 'stages; each but the first halves the image and doubles the channels' }),
  blocks: z
    .int()
    .positive()
    .default(2)
    .meta({ description: 'residual blocks of each stage', search: { type: 'int', low: 1, high: 9 } }),
  width: z
    .int()
    .positive()
    .default(16)
    .meta({ description: 'channels of the first stage', search: { type: 'int', low: 8, high: 64, log: true } }),
  outputs: outputsSchema,
  survival: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .meta({
      description: 'probability that the last block is there in a training step',
      search: { type: 'float', low: 0.5, high: 1 },
    }),
  activation: activationSchema.default('relu').meta({
    description: 'after every normalization',
    search: { type: 'categorical', choices: ['relu', 'leakyRelu', 'elu', 'silu'] },
  }),
  normalization: pluginSchema<Layer>('layer')
    .optional()
    .meta({ description: 'before every activation; batchNorm() unless given' }),
  ...networkWeightRows,
})

export interface PreActivationResNetOptions extends NetworkWeightOptions {
  /** Stages, 1 and more; each but the first halves the image and doubles the channels. Default 3. */
  readonly stages?: number
  /** Residual blocks of each stage, 1 and more. Default 2. */
  readonly blocks?: number
  /** Channels of the first stage, 1 and more. Default 16. */
  readonly width?: number
  /** Number of outputs (logits), 1 and more. Default 10. */
  readonly outputs?: number
  /** Stochastic depth: probability that the last block is there in a training step, above 0 to 1. Default 1: always. */
  readonly survival?: number
  /** After every normalization: a name, or any layer. Default `relu`. */
  readonly activation?: ActivationOption
  /** Before every activation. Default `batchNorm()`. */
  readonly normalization?: Layer | undefined
}

/**
 * A residual network with full pre-activation: conv 3×3 → blocks → batchNorm → relu → mean of each channel → dense. A block adds f(x) to its input,
 * f = batchNorm → relu → conv 3×3 → batchNorm → relu → conv 3×3. Where a stage begins, both convolutions get a doubled width, the first one a
 * stride of 2; its batchNorm and relu come before the sum, and the shortcut is a strided convolution 1×1, as in the authors' own code.
 *
 * It is 2 · stages · blocks + 2 layers deep; with 3 stages (6n + 2 layers) it is the paper's network for CIFAR. For one channel and the defaults (14
 * layers) it has 174,778 parameters: 144 + 9,344 + 32,992 + 131,520 + 778 for the first convolution, the stages and the end.
 *
 * `survival` below 1 leaves blocks out at random while training, the deeper the more often: block l of L is there with probability
 * 1 − l / L · (1 − survival), decided for every sample.
 *
 * Shapes: x [batch, channels, height, width], or [batch, height, width] for one channel; logits [batch, outputs].
 *
 * He et al. 2016, equation 3 and figure 4 (e); stochastic depth: Huang et al. 2016, equation 4.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * preActivationResNet({ blocks: 3, survival: 0.8 }) // 20 layers
 * ```
 */
export function preActivationResNet(given: PreActivationResNetOptions = {}): Layer {
  const options = parseOptions('preActivationResNet', schema, given)
  const { stages, blocks, width, outputs, survival, regularizer, constraint } = options
  const { normalization = batchNorm(), initializer = initializerFor(options.activation) } = options
  const weights = { initializer, regularizer, constraint }
  const activate = [normalization, activationLayer(options.activation)]
  const convolution = (channels: number, size: 1 | 3, strides: 1 | 2 = 1) =>
    conv2d(channels, { size, strides, padding: (size - 1) / 2, useBias: false, ...weights })

  const block = (l: number): Layer[] => {
    const stage = Math.floor(l / blocks)
    const channels = width * 2 ** stage
    const begins = stage > 0 && l % blocks === 0
    const inner = [convolution(channels, 3, begins ? 2 : 1), ...activate, convolution(channels, 3)]
    const branch = begins ? inner : [...activate, ...inner]
    const shortcut = begins ? convolution(channels, 1, 2) : undefined
    const surviving = 1 - ((l + 1) / (stages * blocks)) * (1 - survival)
    const sum =
      survival < 1 ? stochasticDepth(branch, { shortcut, survival: surviving }) : residual(branch, { shortcut })
    return begins ? [...activate, sum] : [sum]
  }
  return imageNetwork('preActivationResNet', options, [
    convolution(width, 3),
    ...Array.from({ length: stages * blocks }, (_, l) => block(l)).flat(),
    ...activate,
    globalAveragePool2d(),
    dense(outputs, weights),
  ])
}
