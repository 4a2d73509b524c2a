// Batch normalization: Ioffe & Szegedy 2015.

import {
  add,
  constant,
  dynamic,
  filled,
  formatShape,
  type Hyperparameter,
  hyperparameterSchema,
  type Initializer,
  type Layer,
  type LayerContext,
  mean as meanOf,
  mul,
  parseOptions,
  pluginSchema,
  type Schedule,
  ShapeError,
  sub,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { channelVariance } from './channel-variance.ts'
import { axesAround, elementsPerChannel } from './channels.ts'
import { everywhere } from './default-initializer.ts'
import { normalizeChannels } from './normalize-channels.ts'

const schema = z.strictObject({
  momentum: hyperparameterSchema(z.number().min(0).max(1))
    .default(0.1)
    .meta({
      description: 'weight of the new batch in the running statistics',
      search: { type: 'float', low: 0.01, high: 0.5, log: true },
    }),
  epsilon: z
    .number()
    .positive()
    .default(1e-5)
    .meta({ description: 'added to the variance', search: { type: 'float', low: 1e-6, high: 1e-2, log: true } }),
  useScale: z.boolean().default(true).meta({ description: 'whether a scale is learned' }),
  useShift: z.boolean().default(true).meta({ description: 'whether a shift is learned' }),
  scaleInitializer: pluginSchema<Initializer>('initializer')
    .optional()
    .meta({ description: 'first numbers of the scale; ones unless given' }),
  shiftInitializer: pluginSchema<Initializer>('initializer')
    .optional()
    .meta({ description: 'first numbers of the shift; zeros unless given' }),
})

export interface BatchNormOptions {
  /** Weight of the new batch in the running statistics, 0 to 1. Default 0.1 (Keras names one minus this). A schedule may be given. */
  readonly momentum?: number | Schedule
  /** Added to the variance, above 0. Default 1e-5. */
  readonly epsilon?: number
  /** Whether a scale is learned. Default true. */
  readonly useScale?: boolean
  /** Whether a shift is learned. Default true. */
  readonly useShift?: boolean
  /** First numbers of the scale. Default ones. */
  readonly scaleInitializer?: Initializer | undefined
  /** First numbers of the shift. Default zeros. */
  readonly shiftInitializer?: Initializer | undefined
}

function channelsOf(x: Tensor, who: string): number {
  const channels = x.shape[1]
  if (channels !== undefined && channels !== dynamic) return channels
  throw new ShapeError({
    who,
    problem: 'the input has no channels to normalize',
    expected: '[batch, features] or [batch, channels, …]',
    got: formatShape(x.shape),
  })
}

/** (1 − momentum) · running + momentum · batch: exact at the momenta 0 and 1. */
function blend(running: Tensor, batch: Tensor, momentum: Tensor): Tensor {
  return add(mul(running, sub(1, momentum)), mul(batch, momentum))
}

/** Mean and biased variance of the batch; the running ones learn from them. */
function learn(
  x: Tensor,
  context: LayerContext,
  who: string,
  running: { mean: Tensor; variance: Tensor },
  weight: Hyperparameter,
) {
  const count = elementsPerChannel(x.shape, who)
  if (count < 2)
    throw new ShapeError({
      who,
      problem: 'a batch of one value per channel has no variance to learn from',
      expected: 'at least 2 values per channel in training',
      got: formatShape(x.shape),
      hint: 'larger batches, or dropping an incomplete last batch',
    })
  const mean = meanOf(x, { axes: axesAround(x.shape) })
  const variance = channelVariance(x)
  const momentum = context.hyperparameter('momentum', weight)
  context.setState('mean', blend(running.mean, mean, momentum))
  context.setState('variance', blend(running.variance, mul(variance, count / (count - 1)), momentum))
  return { mean, variance }
}

/**
 * Batch normalization: y = (x − mean) / √(variance + ε) · scale + shift, channel by channel.
 *
 * In training, mean and (biased) variance are those of the batch, and running ones are updated: running = (1 − momentum) · running +
 * momentum · batch, with the unbiased variance, as in PyTorch (Keras and ONNX keep the biased one). In evaluation the running ones are used.
 *
 * Shapes: x and y [batch, features] or [batch, channels, …]; scale, shift and the states mean (at first 0) and variance (at first 1)
 * [channels].
 *
 * Ioffe & Szegedy 2015, algorithms 1 and 2, with a moving average in place of a second pass over the data.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input without channels, or a training batch
 * with one value per channel
 * @example
 * ```ts
 * sequential([dense(512, { useBias: false }), batchNorm(), relu(), dense(10)])
 * ```
 */
export function batchNorm(given: BatchNormOptions = {}): Layer {
  const options = parseOptions('batchNorm', schema, given)
  return {
    kind: 'layer',
    name: 'batchNorm',
    options,
    apply(x, context) {
      const who = `layer ${context.path || 'batchNorm'}`
      const shape = [channelsOf(x, who)]
      const place = { shape, outputAxes: [0], inputAxes: [] }
      const scale = options.useScale
        ? context.parameter('scale', {
            ...place,
            role: 'scale',
            initializer: options.scaleInitializer ?? everywhere(1),
          })
        : constant(filled(x.dtype, shape, 1))
      const shift = options.useShift
        ? context.parameter('shift', {
            ...place,
            role: 'shift',
            initializer: options.shiftInitializer ?? everywhere(0),
          })
        : constant(filled(x.dtype, shape, 0))
      const running = {
        mean: context.state('mean', { shape, initial: 0 }),
        variance: context.state('variance', { shape, initial: 1 }),
      }
      const used = context.batchStatistics ? learn(x, context, who, running, options.momentum) : running
      return normalizeChannels(x, { ...used, scale, shift }, options.epsilon)
    },
  }
}
