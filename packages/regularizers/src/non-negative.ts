// Non-negative weights (Lawson & Hanson's non-negative least squares, as a constraint of any optimizer).

import { type Constraint, parseOptions, relu } from '@gradwerk/core'
import { z } from 'zod'

const schema = z.strictObject({})

/**
 * Non-negative weights: after every step, `w ← max(w, 0)`, the projection onto the positive orthant. Each element by itself: layouts and groups do not
 * matter.
 *
 * Shapes: a parameter of any shape and its projection.
 *
 * Throws an OptionError for an option, as there is none.
 *
 * ```ts
 * dense(1, { constraint: nonNegative() })
 * ```
 *
 * Chorowski & Zurada, "Learning understandable neural networks with nonnegative weight constraints", 2015.
 */
export function nonNegative(given: Record<string, never> = {}): Constraint {
  const options = parseOptions('nonNegative', schema, given)
  return { kind: 'constraint', name: 'nonNegative', options, project: (parameter) => relu(parameter) }
}
