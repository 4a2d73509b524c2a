// R², the coefficient of determination: what part of the targets' variance is explained.

import {
  add,
  div,
  type Metric,
  mul,
  numbers,
  parseOptions,
  square,
  sub,
  sum,
  type Tensor,
  type Value,
} from '@gradwerk/core'
import { z } from 'zod'
import { countOf } from './count.ts'
import { errorsOf } from './regression-errors.ts'

const schema = z.strictObject({})

/**
 * R²: `1 − Σ (t − x)² / Σ (t − t̄)²` for every output, averaged over outputs (as scikit-learn). 1 is best, 0 is as good as always predicting
 * the mean, and there is no lower bound. Larger is better. An output whose targets are all alike counts 1 where it is predicted exactly,
 * else 0.
 *
 * The squared deviations of batches are put together without Σ t², so that a large mean of the targets costs no accuracy.
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1]. State: three
 * numbers an output.
 *
 * Throws a ShapeError for targets of another shape.
 *
 * ```ts
 * rSquared()
 * ```
 *
 * Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979, equation 2.1.
 */
export function rSquared(given: Record<string, never> = {}): Metric {
  const who = 'rSquared'
  return {
    kind: 'metric',
    name: who,
    options: parseOptions(who, schema, given),
    mode: 'max',
    init({ shape }) {
      const spec = { shape: [shape.slice(1).reduce((a, b) => a * b, 1)], initial: 0 }
      return { count: { shape: [], initial: 0 }, mean: spec, deviations: spec, residuals: spec }
    },
    update(state, call) {
      const { error, target } = errorsOf(who, call)
      const { count, mean, deviations, residuals } = state as Record<string, Tensor> as Record<
        'count' | 'mean' | 'deviations' | 'residuals',
        Tensor
      >
      const over = { axes: [0] }
      const added = countOf(call.losses)
      const all = add(count, added)
      const batchMean = div(sum(target, over), added)
      const gap = sub(batchMean, mean)
      const ofBatch = sum(square(sub(target, batchMean)), over)
      return {
        count: all,
        mean: add(mean, mul(gap, div(added, all))),
        deviations: add(add(deviations, ofBatch), mul(square(gap), div(mul(count, added), all))),
        residuals: add(residuals, sum(square(error), over)),
      }
    },
    result(state) {
      const deviations = numbers(state['deviations'] as Value)
      const explained = Array.from(numbers(state['residuals'] as Value), (residual, i) => {
        const deviation = deviations[i] as number
        return deviation === 0 ? Number(residual === 0) : 1 - residual / deviation
      })
      return explained.reduce((a, b) => a + b, 0) / explained.length
    },
  }
}
