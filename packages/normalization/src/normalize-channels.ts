// Shifting and scaling every channel to given statistics.

import { add, apply, type CompositeOp, div, mul, neg, sqrt, sub, sum, type Tensor } from '@gradwerk/core'
import { alongChannels, axesAround } from './channels.ts'

/** Numbers for each channel: [channels]. */
export interface ChannelStatistics {
  readonly mean: Tensor
  readonly variance: Tensor
  readonly scale: Tensor
  readonly shift: Tensor
}

function batchNormalization(epsilon: number): NonNullable<CompositeOp['lower']> {
  return (sink, [x, mean, variance, scale, shift]) => {
    const inputs = [x, scale, shift, mean, variance] as string[]
    return sink.node('BatchNormalization', inputs, { epsilon: { float: epsilon } })
  }
}

function normalizeChannelsOp(epsilon: number, rank: number): CompositeOp {
  return {
    name: 'normalizeChannels',
    attributes: { epsilon },
    compose(inputs) {
      const [x, mean, variance, scale, shift] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor]
      const factor = div(scale, sqrt(add(variance, epsilon)))
      const centred = sub(x, alongChannels(mean, x))
      return add(mul(centred, alongChannels(factor, x)), alongChannels(shift, x))
    },
    /** Two reductions over the batch; all else is as small as a channel, or elementwise. */
    gradient({ inputs, cotangent }) {
      const [x, mean, variance, scale] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor]
      const axes = axesAround(x.shape)
      const inverse = div(1, sqrt(add(variance, epsilon)))
      const factor = mul(scale, inverse)
      const toShift = sum(cotangent, { axes })
      const toScale = mul(sum(mul(cotangent, sub(x, alongChannels(mean, x))), { axes }), inverse)
      const toMean = neg(mul(factor, toShift))
      const toVariance = mul(mul(factor, inverse), mul(toScale, -0.5))
      return [mul(cotangent, alongChannels(factor, x)), toMean, toVariance, toScale, toShift]
    },
    // ONNX Runtime's node is slow where every channel has one number a sample.
    ...(rank > 2 ? { lower: batchNormalization(epsilon) } : {}),
  }
}

/**
 * y[n, c, …] = (x[n, c, …] − mean[c]) / √(variance[c] + ε) · scale[c] + shift[c].
 *
 * Shapes: x and y [batch, channels, …], statistics [channels].
 */
export function normalizeChannels(
  x: Tensor,
  { mean, variance, scale, shift }: ChannelStatistics,
  epsilon: number,
): Tensor {
  return apply(normalizeChannelsOp(epsilon, x.shape.length), [x, mean, variance, scale, shift])
}
