// Min-max norm: the weights that feed a unit stay in a shell, at once or by and by.

import { add, type Constraint, div, maximum, minimum, mul, parseOptions, sub } from '@gradwerk/core'
import { z } from 'zod'
import { unitNorms, unitsOf } from './units.ts'

export interface MinMaxNormOptions {
  /** Smallest norm, ≥ 0. Default 0. */
  readonly min?: number
  /** Largest norm, above 0 and ≥ `min`. Default 1. */
  readonly max?: number
  /** How far a step goes towards the shell, in (0, 1]. Default 1: all the way. */
  readonly rate?: number
}

const norm = z.number().nonnegative()
const schema = z
  .strictObject({
    min: norm.default(0).meta({ description: "Smallest norm of a unit's weights, at least 0." }),
    max: norm
      .positive()
      .default(1)
      .meta({
        description: "Largest norm of a unit's weights, above 0 and at least `min`.",
        search: { type: 'float', low: 0.5, high: 8, log: true },
      }),
    rate: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .meta({
        description: 'How far a step goes towards the shell, in (0, 1].',
        search: { type: 'float', low: 0.1, high: 1 },
      }),
  })
  .refine(({ min, max }) => min <= max, { path: ['min'], error: 'at most max' })

/**
 * Min-max norm: after every step, the weights w of each output unit get the norm `r · min(max(‖w‖, a), b) + (1 − r) · ‖w‖`, with the shell from
 * a to b and the rate r. At rate 1 that is the projection onto the shell; below, weights come nearer with every step and may lie outside.
 * Units as for `maxNorm`; one whose weights are all 0 has no direction and stays at 0.
 *
 * Shapes: a parameter of any shape and its projection. `min` a ≥ 0, default 0; `max` b > 0, default 1; `rate` r in (0, 1], default 1.
 *
 * Throws an OptionError for a `min` above `max`, or an option outside its range.
 *
 * ```ts
 * minMaxNorm({ min: 0.5, max: 2, rate: 0.9 })
 * ```
 *
 * As in Keras, for output units of every kind of layer.
 */
export function minMaxNorm(given: MinMaxNormOptions = {}): Constraint {
  const options = parseOptions('minMaxNorm', schema, given)
  const { min, max, rate } = options
  return {
    kind: 'constraint',
    name: 'minMaxNorm',
    options,
    project(parameter, info, scope) {
      const [low, high, part] = [
        scope.hyperparameter('min', min),
        scope.hyperparameter('max', max),
        scope.hyperparameter('rate', rate),
      ]
      const units = unitsOf(parameter, info)
      const norms = unitNorms(units)
      const ratio = div(minimum(maximum(norms, low), high), norms)
      // Exactly 1 for norms within the shell, and exactly the ratio at rate 1.
      const scale = add(ratio, mul(sub(1, part), sub(1, ratio)))
      return units.restore(mul(units.weight, scale))
    },
  }
}
