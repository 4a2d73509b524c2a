// How many samples a batch has, where its length is known only when the program runs.

import { cast, equal, not, or, sum, type Tensor } from '@gradwerk/core'

/**
 * The number of elements of x: [batch], as a float32 scalar. Ones are made from what holds of every number, NaN included: it equals
 * itself or it does not.
 */
export function countOf(x: Tensor): Tensor {
  const equalsItself = equal(x, x)
  return sum(cast(or(equalsItself, not(equalsItself)), 'float32'))
}
