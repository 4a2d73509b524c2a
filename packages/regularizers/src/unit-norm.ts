// Unit norm: the weights that feed a unit lie on the sphere.

import { type Constraint, div, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { unitNorms, unitsOf } from './units.ts'

const schema = z.strictObject({})

/**
 * Unit norm: after every step, the weights w of each output unit become `w / ‖w‖`, the nearest point of the unit sphere. Only their direction is
 * learned. Units as for `maxNorm`; one whose weights are all 0 has no direction and stays at 0.
 *
 * Shapes: a parameter of any shape and its projection.
 *
 * Throws an OptionError for an option, as there is none.
 *
 * ```ts
 * dense(64, { constraint: unitNorm() })
 * ```
 *
 * As in Keras, for output units of every kind of layer.
 */
export function unitNorm(given: Record<string, never> = {}): Constraint {
  const options = parseOptions('unitNorm', schema, given)
  return {
    kind: 'constraint',
    name: 'unitNorm',
    options,
    project(parameter, info) {
      const units = unitsOf(parameter, info)
      return units.restore(div(units.weight, unitNorms(units)))
    },
  }
}
