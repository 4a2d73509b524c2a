// The running mean, in one place.

import { add, mul, sub, type Tensor } from '@gradwerk/core'

/** β · mean + (1 − β) · x for a scalar β. */
export function runningMean(mean: Tensor, x: Tensor, decay: Tensor): Tensor {
  return add(mul(mean, decay), mul(x, sub(1, decay)))
}
