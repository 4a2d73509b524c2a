// The symmetric beta distribution, without rejection.

import { add, cos, div, exp, log, mul, sign, sqrt, square, sub, type Tensor } from '@gradwerk/core'

/**
 * Beta(α, α) from two independent uniform numbers in [0, 1): ½ (1 + t / √(2α + t²)) with t = √(2α (w⁻¹ − 1)) cos 2πv and w = u^{1/α}, which has
 * Student's distribution with 2α degrees of freedom (Bailey 1994, "Polar generation of random variates with the t-distribution"; Devroye
 * 1996). Multiplied out by w, so that small α cannot overflow.
 */
export function symmetricBeta(u: Tensor, v: Tensor, alpha: Tensor): Tensor {
  const w = exp(div(log(sub(1, u)), alpha)) // 1 − u is in (0, 1]
  const cosine = cos(mul(v, 2 * Math.PI))
  const spread = mul(sub(1, w), square(cosine))
  const ratio = mul(sign(cosine), sqrt(div(spread, add(w, spread))))
  return mul(add(ratio, 1), 0.5)
}
