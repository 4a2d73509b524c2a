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
 * The mean over all samples of what `valuesOf` gives for a batch, float32 [batch]; NaN where there were no samples. The state is
 * float32: numbers of samples, and sums of zeros and ones, are exact up to 2²⁴.
 */
export function streamingMean(valuesOf: (call: MetricCall) => Tensor): Pick<Metric, 'init' | 'update' | 'result'> {
  return {
    init: () => ({ sum: zero, count: zero }),
    update(state, call) {
      const values = valuesOf(call)
      return { sum: add(state.sum as Tensor, sum(values)), count: add(state.count as Tensor, countOf(values)) }
    },
    result: (state) => numberOf(state.sum as Value) / numberOf(state.count as Value),
  }
}
