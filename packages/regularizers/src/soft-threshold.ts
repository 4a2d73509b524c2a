// The proximal map of the absolute value.

import { maximum, minimum, neg, sub, type Tensor } from '@gradwerk/core'

/**
 * sign(x) · max(|x| − threshold, 0), written as x minus x cut to ±threshold: exactly 0 where |x| ≤ threshold, in three passes over
 * the tensor. The threshold ≥ 0 is a scalar or has the shape of x.
 */
export function softThreshold(x: Tensor, threshold: Tensor): Tensor {
  return sub(x, minimum(maximum(x, neg(threshold)), threshold))
}
