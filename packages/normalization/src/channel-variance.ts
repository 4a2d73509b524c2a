// The variance of every channel.

import { apply, type CompositeOp, mean, mul, square, sub, type Tensor } from '@gradwerk/core'
import { alongChannels, axesAround, elementsPerChannel } from './channels.ts'

/** x less the mean of its channel. */
function centred(x: Tensor): Tensor {
  return sub(x, alongChannels(mean(x, { axes: axesAround(x.shape) }), x))
}

const channelVarianceOp: CompositeOp = {
  name: 'channelVariance',
  attributes: {},
  compose: ([x]) => mean(square(centred(x as Tensor)), { axes: axesAround((x as Tensor).shape) }),
  /** Moving the mean does not change the sum of squares to first order, so nothing flows through it. */
  gradient({ inputs, cotangent }) {
    const x = inputs[0] as Tensor
    const count = elementsPerChannel(x.shape, 'channelVariance')
    return [mul(centred(x), alongChannels(mul(cotangent, 2 / count), x))]
  },
}

/**
 * The biased variance of every channel, in two passes so that large means cost no accuracy: v[c] = mean over n, … of (x[n, c, …] − mean[c])².
 *
 * Shapes: x [batch, channels, …], v [channels].
 */
export function channelVariance(x: Tensor): Tensor {
  return apply(channelVarianceOp, [x])
}
