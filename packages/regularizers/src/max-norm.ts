// Max-norm: the weights that feed a unit stay in a ball (Srebro, Rennie & Jaakkola 2005; Srivastava et al. 2014).

import { type Constraint, div, minimum, mul, parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { limitSchema } from './norm-options.ts'
import { unitNorms, unitsOf } from './units.ts'

export interface MaxNormOptions {
  /** Largest norm c > 0 of a unit's weights; a number or a schedule. Default 3. */
  readonly limit?: number | Schedule
}

const schema = z.strictObject({
  limit: limitSchema('Largest norm of the weights that feed a unit, above 0; a number or a schedule.').default(3),
})

/**
 * Max-norm: after every step, the weights w of each output unit are scaled by `min(1, c / ‖w‖)`, the projection onto the ball of radius c.
 *
 * A unit is everything that feeds one output: a column of a dense kernel [in, out], a filter of a convolution kernel [out, in / groups,
 * height, width], what writes one channel (of its group) in a transposed one. (Keras takes `axis: 0`, which is that for dense kernels alone.)
 *
 * Shapes: a parameter of any shape and its projection. `limit` c: above 0, default 3; 3 to 4 are usual with dropout.
 *
 * Throws an OptionError for a limit that is not above 0.
 *
 * ```ts
 * maxNorm(2)
 * mlp({ hidden: [1024, 1024, 1024], dropout: dropout(0.5), constraint: maxNorm(2) })
 * ```
 *
 * Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014, section 5.1.
 */
export function maxNorm(given: number | Schedule | MaxNormOptions = {}): Constraint {
  const options = parseOptions('maxNorm', schema, withMainOption('limit', given))
  return {
    kind: 'constraint',
    name: 'maxNorm',
    options,
    project(parameter, info, scope) {
      const units = unitsOf(parameter, info)
      const scale = minimum(div(scope.hyperparameter('limit', options.limit), unitNorms(units)), 1)
      return units.restore(mul(units.weight, scale))
    },
  }
}
