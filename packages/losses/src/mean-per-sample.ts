// From a number for every output to a number for every sample.

import { mean, type Tensor } from '@gradwerk/core'

/** The mean of [batch, …] over all axes but the first: [batch]. */
export function meanPerSample(x: Tensor): Tensor {
  return x.shape.length === 1 ? x : mean(x, { axes: x.shape.slice(1).map((_, i) => i + 1) })
}
