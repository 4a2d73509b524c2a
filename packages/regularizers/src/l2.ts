// L2 penalties: half the sum of squares, and the whole sum under its name in statistics, ridge.

import { mul, parseOptions, type Regularizer, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type Strength, strengthSchema } from './strength.ts'
import { halfSumOfSquares } from './sums.ts'

export interface L2Options {
  /** λ ≥ 0; a number or a schedule. */
  readonly strength: Strength
}

const l2Schema = z.strictObject({ strength: strengthSchema('Factor λ of ½ Σw²; a number ≥ 0 or a schedule.') })
const ridgeSchema = z.strictObject({ strength: strengthSchema('Factor α of Σw²; a number ≥ 0 or a schedule.') })

/**
 * L2 penalty: `λ/2 · Σ w²`, with gradient `λ w`. Under plain gradient descent this is PyTorch's `weight_decay` of λ; it is not the
 * decoupled decay of AdamW. Keras and scikit-learn have no ½: that is `ridge`.
 *
 * Shapes: a parameter of any shape; the penalty is a scalar.
 *
 * Throws an OptionError for a negative strength.
 *
 * ```ts
 * l2(1e-4)
 * ```
 *
 * Krogh & Hertz, "A simple weight decay can improve generalization", NeurIPS 1991.
 */
export function l2(given: Strength | L2Options): Regularizer {
  const options = parseOptions('l2', l2Schema, withMainOption('strength', given))
  return {
    kind: 'regularizer',
    name: 'l2',
    options,
    penalty: (parameter, scope) => mul(halfSumOfSquares(parameter), scope.hyperparameter('strength', options.strength)),
  }
}

/**
 * Ridge penalty: `α · Σ w²`, with gradient `2 α w`: the convention of Keras' `l2` and of scikit-learn. `ridge(α)` is `l2(2 α)`.
 *
 * Shapes: a parameter of any shape; the penalty is a scalar.
 *
 * Throws an OptionError for a negative strength.
 *
 * ```ts
 * ridge(1e-4)
 * ```
 *
 * Hoerl & Kennard, "Ridge regression: biased estimation for nonorthogonal problems", 1970.
 */
export function ridge(given: Strength | L2Options): Regularizer {
  const options = parseOptions('ridge', ridgeSchema, withMainOption('strength', given))
  return {
    kind: 'regularizer',
    name: 'ridge',
    options,
    penalty: (parameter, scope) =>
      mul(halfSumOfSquares(parameter), mul(scope.hyperparameter('strength', options.strength), 2)),
  }
}
