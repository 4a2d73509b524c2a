// Group lasso (Yuan & Lin 2006): sets whole units to exact zeros.

import { mul, parseOptions, type Regularizer, sum, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { shrinkUnits } from './group-shrink.ts'
import { methodSchema, type PenaltyMethod, type Strength, strengthSchema } from './strength.ts'
import { type UnitSide, type Units, unitNorms, unitsOf } from './units.ts'

export interface GroupLassoOptions {
  /** λ ≥ 0; a number or a schedule. */
  readonly strength: Strength
  /** What a group is: the weights of one output unit or filter (default), or those that read one input or channel. */
  readonly groups?: UnitSide
  /** Whether the norm of a group counts √size times. Default true. */
  readonly scaleBySize?: boolean
  /** 'proximal' (default) or 'subgradient'. */
  readonly method?: PenaltyMethod
}

const schema = z.strictObject({
  strength: strengthSchema('Factor λ of Σ √size · ‖group‖; a number ≥ 0 or a schedule.'),
  groups: z
    .enum(['outputs', 'inputs'])
    .default('outputs')
    .meta({ description: 'What a group is: the weights of one output unit or filter, or those that read one input.' }),
  scaleBySize: z.boolean().default(true).meta({ description: 'Whether the norm of a group counts √size times.' }),
  method: methodSchema,
})

/**
 * Group lasso: `λ · Σ_g √n_g · ‖w_g‖` over groups of n_g weights, the norms not squared. Whole groups become exactly 0: with `groups: 'outputs'`
 * units and filters, with `groups: 'inputs'` what reads an input or a channel, which selects features. `scaleBySize: false` leaves √n_g out.
 *
 * With the method 'proximal' (default) the parameter goes through `w_g ← w_g · max(0, 1 − t λ √n_g / ‖w_g‖)` after the optimizer's update, t being
 * its effective step size. Where that differs from element to element (Adam), the map is that of those step sizes: the minimum of
 * ½ Σ (vᵢ − wᵢ)² / tᵢ + λ √n_g ‖v‖, found by Newton's method, which takes 9 ms of one core for a million weights (0.2 for one step size). With
 * 'subgradient' λ √n_g w_g / ‖w_g‖ (0 at 0) is added to the gradient.
 *
 * Shapes: a parameter of any shape; the penalty is a scalar. Groups of kernels [in, out], [out, in / groups, h, w] and transposed ones follow
 * their axes; a parameter without axes of that side is one group.
 *
 * Throws an OptionError for a negative strength or an unknown kind of group or method.
 *
 * ```ts
 * groupLasso(1e-4)
 * dense(64, { regularizer: groupLasso({ strength: 1e-3, groups: 'inputs' }) })
 * ```
 *
 * Yuan & Lin, "Model selection and estimation in regression with grouped variables", 2006, equation 2.1 with K_j = n_j I. In networks: Scardapane,
 * Comminiello, Hussain & Uncini, "Group sparse regularization for deep neural networks", 2017.
 */
export function groupLasso(given: Strength | GroupLassoOptions): Regularizer {
  const options = parseOptions('groupLasso', schema, withMainOption('strength', given))
  const { strength, groups, scaleBySize, method } = options
  const weightOf = ({ size }: Units): number => (scaleBySize ? Math.sqrt(size) : 1)
  return {
    kind: 'regularizer',
    name: 'groupLasso',
    options,
    penalty(parameter, scope, info) {
      const units = unitsOf(parameter, info, groups)
      return mul(sum(unitNorms(units)), mul(scope.hyperparameter('strength', strength), weightOf(units)))
    },
    ...(method === 'proximal' && {
      proximal(parameter, stepSize, scope, info) {
        const units = unitsOf(parameter, info, groups)
        const threshold = mul(stepSize, mul(scope.hyperparameter('strength', strength), weightOf(units)))
        const own = threshold.shape.length === 0 ? threshold : unitsOf(threshold, info, groups).weight
        return units.restore(shrinkUnits(units, own))
      },
    }),
  }
}
