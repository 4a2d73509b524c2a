// Mean 0 and variance 1 for every channel of a batch: what batch normalization does in training.

import {
  add,
  apply,
  type CompositeOp,
  div,
  filled,
  maximum,
  mean,
  mul,
  neg,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@gradwerk/core'
import { alongChannels, axesAround, elementsPerChannel } from './channels.ts'
import { normalizeChannels } from './normalize-channels.ts'

/** Mean and biased variance of channels whose mean is small against their deviation: then Σ x²/n − mean² loses nothing. */
export function momentsNearZero(x: Tensor): { readonly mean: Tensor; readonly variance: Tensor } {
  const axes = axesAround(x.shape)
  const means = mean(x, { axes })
  return { mean: means, variance: maximum(sub(mean(square(x), { axes }), square(means)), 0) }
}

/** x · factor + offset, channel by channel; for images one node, which reads and writes every element once. */
function affineOp(rank: number): CompositeOp {
  return {
    name: 'affineChannels',
    attributes: {},
    compose(inputs) {
      const [x, factor, offset] = inputs as [Tensor, Tensor, Tensor]
      return add(mul(x, alongChannels(factor, x)), alongChannels(offset, x))
    },
    ...(rank > 2
      ? {
          lower(sink, [x, factor, offset], { inputs }) {
            const { dtype, shape } = inputs[1] as Tensor
            const [zeros, ones] = [0, 1].map((number) => sink.constant(filled(dtype, shape, number)))
            const operands = [x, factor, offset, zeros, ones] as string[]
            return sink.node('BatchNormalization', operands, { epsilon: { float: 0 } })
          },
        }
      : {}),
  }
}

function affineChannels(x: Tensor, factor: Tensor, offset: Tensor): Tensor {
  return apply(affineOp(x.shape.length), [x, factor, offset])
}

function normalizeBatchOp(epsilon: number): CompositeOp {
  return {
    name: 'normalizeBatch',
    attributes: { epsilon },
    compose(inputs) {
      const [x, scale, shift] = inputs as [Tensor, Tensor, Tensor]
      return normalizeChannels(x, { ...momentsNearZero(x), scale, shift }, epsilon)
    },
    /** Two reductions; what reaches x is a multiple of the cotangent and, channel by channel, an affine function of x. */
    gradient({ inputs, cotangent }) {
      const [x, scale] = inputs as [Tensor, Tensor]
      const axes = axesAround(x.shape)
      const count = elementsPerChannel(x.shape, 'normalizeBatch')
      const moments = momentsNearZero(x)
      const inverse = div(1, sqrt(add(moments.variance, epsilon)))
      const factor = mul(scale, inverse)
      const toShift = sum(cotangent, { axes })
      const toScale = mul(sub(sum(mul(cotangent, x), { axes }), mul(moments.mean, toShift)), inverse)
      const slope = mul(mul(mul(factor, inverse), toScale), -1 / count)
      const offset = neg(add(mul(mul(factor, toShift), 1 / count), mul(slope, moments.mean)))
      return [add(mul(cotangent, alongChannels(factor, x)), affineChannels(x, slope, offset)), toScale, toShift]
    },
  }
}

/**
 * y = (x − mean) / √(variance + ε) · scale + shift with mean and biased variance of every channel of the batch.
 *
 * Shapes: x and y [batch, channels, …], scale and shift [channels]. For x whose means are small already, as after taking away a rounded mean.
 */
export function normalizeBatch(
  x: Tensor,
  { scale, shift }: { readonly scale: Tensor; readonly shift: Tensor },
  epsilon: number,
): Tensor {
  return apply(normalizeBatchOp(epsilon), [x, scale, shift])
}
