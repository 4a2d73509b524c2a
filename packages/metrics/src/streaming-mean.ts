// What metrics that average over samples share: a sum, a count, and their ratio.

import {
  add,
  type Metric,
  type MetricCall,
  numberOf,
  type StateSpec,
  sum,
  type Tensor,
  type Value,
} from '@gradwerk/core'
import { countOf } from './count.ts'

const zero: StateSpec = { shape: [], initial: 0 }

/**
 * The mean over all samples of what `valuesOf` gives for a batch, float32 [batch]; NaN where there were no samples. Where `weightsOf` gives
 * what samples count, the sum of that is what the mean divides by. The state is
 * float32: numbers of samples, and sums of zeros and ones, are exact up to 2²⁴.
 */
export function streamingMean(
  valuesOf: (call: MetricCall) => Tensor,
  weightsOf: (call: MetricCall) => Tensor | undefined = () => undefined,
): Pick<Metric, 'init' | 'update' | 'result'> {
  return {
    init: () => ({ sum: zero, count: zero }),
    update(state, call) {
      const values = valuesOf(call)
      const weights = weightsOf(call)
      const count = weights === undefined ? countOf(values) : sum(weights)
      return { sum: add(state.sum as Tensor, sum(values)), count: add(state.count as Tensor, count) }
    },
    result: (state) => numberOf(state.sum as Value) / numberOf(state.count as Value),
  }
}
