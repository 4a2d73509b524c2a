// L1 penalty (lasso): drives weights to exact zeros.

import { mul, parseOptions, type Regularizer, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { softThreshold } from './soft-threshold.ts'
import { methodSchema, type PenaltyMethod, type Strength, strengthSchema } from './strength.ts'
import { sumOfMagnitudes } from './sums.ts'

export interface L1Options {
  /** λ ≥ 0; a number or a schedule. */
  readonly strength: Strength
  /** 'proximal' (default) or 'subgradient'. */
  readonly method?: PenaltyMethod
}

const schema = z.strictObject({
  strength: strengthSchema('Factor λ of Σ|w|; a number ≥ 0 or a schedule.'),
  method: methodSchema,
})

/**
 * L1 penalty: `λ · Σ |w|`.
 *
 * With the method 'proximal' (default) the penalty is not differentiated: after the optimizer's update the parameter goes through the
 * proximal map `w ← sign(w) · max(|w| − t λ, 0)`, t being the optimizer's effective step size, which sets weights to exact zeros.
 * With 'subgradient' λ · sign(w) (0 at 0) is added to the gradient; weights then come near zero and cross it.
 *
 * Shapes: a parameter of any shape; the penalty is a scalar.
 *
 * Throws an OptionError for a negative strength or an unknown method.
 *
 * ```ts
 * l1(1e-5)
 * l1({ strength: 1e-5, method: 'subgradient' })
 * ```
 *
 * Tibshirani, "Regression shrinkage and selection via the lasso", 1996. Proximal map: Parikh & Boyd, "Proximal algorithms", 2014,
 * section 6.5.2.
 */
export function l1(given: Strength | L1Options): Regularizer {
  const options = parseOptions('l1', schema, withMainOption('strength', given))
  const { strength, method } = options
  return {
    kind: 'regularizer',
    name: 'l1',
    options,
    penalty: (parameter, scope) => mul(sumOfMagnitudes(parameter), scope.hyperparameter('strength', strength)),
    ...(method === 'proximal' && {
      proximal: (parameter, stepSize, scope) =>
        softThreshold(parameter, mul(stepSize, scope.hyperparameter('strength', strength))),
    }),
  }
}
