// Elastic net: L1 and L2 together.

import { add, div, mul, parseOptions, type Regularizer } from '@gradwerk/core'
import { z } from 'zod'
import { softThreshold } from './soft-threshold.ts'
import { methodSchema, type PenaltyMethod, type Strength, strengthSchema } from './strength.ts'
import { halfSumOfSquares, sumOfMagnitudes } from './sums.ts'

export interface ElasticNetOptions {
  /** λ₁ ≥ 0; a number or a schedule. */
  readonly l1: Strength
  /** λ₂ ≥ 0; a number or a schedule. */
  readonly l2: Strength
  /** 'proximal' (default) or 'subgradient'. */
  readonly method?: PenaltyMethod
}

const schema = z.strictObject({
  l1: strengthSchema('Factor λ₁ of Σ|w|; a number ≥ 0 or a schedule.'),
  l2: strengthSchema('Factor λ₂ of ½ Σw²; a number ≥ 0 or a schedule.'),
  method: methodSchema,
})

/**
 * Elastic net: `λ₁ · Σ |w| + λ₂/2 · Σ w²`, the sum of `l1(λ₁)` and `l2(λ₂)`.
 *
 * With the method 'proximal' (default) both parts act after the optimizer's update, through the proximal map
 * `w ← soft(w, t λ₁) / (1 + t λ₂)` with soft(w, a) = sign(w) · max(|w| − a, 0) and t the optimizer's effective step size: exact zeros.
 * With 'subgradient' λ₁ · sign(w) + λ₂ w is added to the gradient.
 *
 * Shapes: a parameter of any shape; the penalty is a scalar.
 *
 * Throws an OptionError for a negative strength or an unknown method.
 *
 * ```ts
 * elasticNet({ l1: 1e-5, l2: 1e-4 })
 * ```
 *
 * Zou & Hastie, "Regularization and variable selection via the elastic net", 2005. Proximal map: Parikh & Boyd 2014, section 6.5.3.
 */
export function elasticNet(given: ElasticNetOptions): Regularizer {
  const options = parseOptions('elasticNet', schema, given)
  return {
    kind: 'regularizer',
    name: 'elasticNet',
    options,
    penalty: (parameter, scope) =>
      add(
        mul(sumOfMagnitudes(parameter), scope.hyperparameter('l1', options.l1)),
        mul(halfSumOfSquares(parameter), scope.hyperparameter('l2', options.l2)),
      ),
    ...(options.method === 'proximal' && {
      proximal(parameter, stepSize, scope) {
        const shrunk = softThreshold(parameter, mul(stepSize, scope.hyperparameter('l1', options.l1)))
        return div(shrunk, add(mul(stepSize, scope.hyperparameter('l2', options.l2)), 1))
      },
    }),
  }
}
