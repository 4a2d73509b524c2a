// Batch normalization: Ioffe & Szegedy 2015.

import {
  add,
  div,
  formatShape,
  type Hyperparameter,
  hyperparameterSchema,
  type Layer,
  type LayerContext,
  mean as meanOf,
  mul,
  parseOptions,
  type Schedule,
  ShapeError,
  stopGradient,
  sub,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { type AffineOptions, epsilonRow, scaleOf, scaleRows, shiftOf, shiftRows } from './affine-options.ts'
import { alongChannels, axesAround, elementsPerChannel } from './channels.ts'
import { channelsOf } from './grouped.ts'
import { momentsNearZero, normalizeBatch } from './normalize-batch.ts'
import { type ChannelStatistics, normalizeChannels } from './normalize-channels.ts'
import { who as nameOf } from './who.ts'

const schema = z.strictObject({
  momentum: z
    .union([hyperparameterSchema(z.number().min(0).max(1)), z.literal('cumulative')], {
      error: "a number from 0 to 1, a schedule, or 'cumulative'",
    })
    .default(0.1)
    .meta({
      description:
        "weight of the new batch in the running statistics; 'cumulative' for plain averages over all batches",
      search: { type: 'float', low: 0.01, high: 0.5, log: true },
    }),
  epsilon: epsilonRow(1e-5),
  ...scaleRows(),
  ...shiftRows(),
})

export interface BatchNormOptions extends AffineOptions {
  /**
   * Weight of the new batch in the running statistics, 0 to 1. Default 0.1 (Keras names one minus this). A schedule may be given;
   * `'cumulative'` averages over all batches seen (PyTorch: `momentum=None`).
   */
  readonly momentum?: number | Schedule | 'cumulative'
  /** Added to the variance, above 0. Default 1e-5. */
  readonly epsilon?: number
}

type Moments = Pick<ChannelStatistics, 'mean' | 'variance'>

/** (1 − weight) · running + weight · batch: exact at the weights 0 and 1. */
function blend(running: Tensor, batch: Tensor, weight: Tensor): Tensor {
  return add(mul(running, sub(1, weight)), mul(batch, weight))
}

/** The weight of this batch in the running statistics. A cumulative average counts its batches. */
function weightOf(momentum: Hyperparameter | 'cumulative', context: LayerContext): Tensor {
  if (momentum !== 'cumulative') return context.statisticsWeight ?? context.hyperparameter('momentum', momentum)
  const seen = context.state('batches', { shape: [], initial: 0 })
  const weight = context.statisticsWeight ?? div(1, add(seen, 1))
  context.setState('batches', context.statisticsWeight === undefined ? add(seen, 1) : div(1, weight))
  return weight
}

/**
 * The batch less its means, rounded as they are; the running statistics learn from it. Taking the means away changes no result but its
 * rounding, so no gradient flows through them.
 */
function learn(x: Tensor, running: Moments, weight: Tensor, context: LayerContext, who: string): Tensor {
  const count = elementsPerChannel(x.shape, who)
  if (count < 2)
    throw new ShapeError({
      who,
      problem: 'a batch of one value per channel has no variance to learn from',
      expected: 'at least 2 values per channel in training',
      got: formatShape(x.shape),
      hint: 'larger batches, or dropping an incomplete last batch',
    })
  const axes = axesAround(x.shape)
  const means = stopGradient(meanOf(x, { axes }))
  const centred = sub(x, alongChannels(means, x))
  const { mean, variance } = momentsNearZero(centred)
  context.setState('mean', blend(running.mean, add(means, mean), weight))
  context.setState('variance', blend(running.variance, mul(variance, count / (count - 1)), weight))
  return centred
}

/**
 * Batch normalization: y = (x − mean) / √(variance + ε) · scale + shift, channel by channel.
 *
 * In training, mean and (biased) variance are those of the batch, and running ones are updated: running = (1 − momentum) · running +
 * momentum · batch, with the unbiased variance, as in PyTorch (Keras and ONNX keep the biased one). In evaluation the running ones are used.
 *
 * Shapes: x and y [batch, features], [batch, channels, length] or [batch, channels, height, width]; scale, shift and the states mean (at
 * first 0) and variance (at first 1) [channels]. With `momentum: 'cumulative'` there is one more state: batches [], how many were seen.
 *
 * Accuracy in float32: in training as `normalizeOver`, for means up to 10⁴ standard deviations, images of any number of pixels and up to 1,024 rows
 * of features (ONNX Runtime adds rows up one by one, which costs 40·u at 8,192); in evaluation the running mean, itself a float32, adds at most
 * 2·u·|mean|/σ, where u = 2⁻²⁴.
 *
 * Ioffe & Szegedy 2015, algorithms 1 and 2, with a moving average in place of a second pass over the data (which
 * `Trainer.recomputeStatistics` makes).
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
  const { momentum, epsilon } = options
  return {
    kind: 'layer',
    name: 'batchNorm',
    options,
    apply(x, context) {
      const who = nameOf('batchNorm', context)
      const shape = [channelsOf(x.shape, who, '[batch, features] or [batch, channels, …]')]
      const scale = scaleOf(context, shape, options)
      const shift = shiftOf(context, shape, options)
      const running = {
        mean: context.state('mean', { shape, initial: 0 }),
        variance: context.state('variance', { shape, initial: 1 }),
      }
      if (!context.batchStatistics) return normalizeChannels(x, { ...running, scale, shift }, epsilon)
      const centred = learn(x, running, weightOf(momentum, context), context, who)
      return normalizeBatch(centred, { scale, shift }, epsilon)
    },
  }
}
