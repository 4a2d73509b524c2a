// Hinge losses over several classes: by every class that comes too near (Weston & Watkins), or by the nearest one (Crammer & Singer).

import {
  add,
  type Loss,
  max,
  mul,
  parseOptions,
  relu,
  type Scope,
  square,
  sub,
  sum,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { checkClassTargets, classesLast, classesOf, classRows } from './class-targets.ts'
import { meanPerSample } from './mean-per-sample.ts'

export interface MultiClassHingeOptions {
  /** By how much the target's score should exceed the others, > 0. Default 1. */
  readonly margin?: number
}

const schema = z.strictObject({
  margin: z
    .number()
    .positive()
    .default(1)
    .meta({
      description: "By how much the target's score should exceed the others, above 0.",
      search: { type: 'float', low: 0.1, high: 10, log: true },
    }),
})

const last = { axes: [-1], keepDims: true }

interface Scores {
  /** margin + x_c − x_t for the other classes c, 0 for the target t: [batch, …positions, classes]. */
  readonly lacking: Tensor
  readonly classes: number
}

function classHinge(who: string, given: number | MultiClassHingeOptions, reduce: (scores: Scores) => Tensor): Loss {
  const options = parseOptions(who, schema, withMainOption('margin', given))
  return {
    kind: 'loss',
    name: who,
    options,
    values(predictions, targets, scope: Scope) {
      const { rows } = classRows(who, predictions, targets, undefined)
      const scores = classesLast(predictions)
      const target = sum(mul(scores, rows), last)
      const margin = scope.hyperparameter('margin', options.margin)
      const lacking = mul(add(sub(scores, target), margin), sub(1, rows))
      return meanPerSample(reduce({ lacking, classes: classesOf(who, predictions.shape) }))
    },
    checkTargets: (targets, predictions) => checkClassTargets(who, targets, predictions, undefined),
  }
}

/**
 * Hinge loss against every other class: `Σ_{c ≠ t} max(0, m + x_c − x_t) / classes` with the margin m (PyTorch's multi-margin loss, p = 1).
 *
 * Shapes: predictions (scores) [batch, classes] or [batch, classes, …positions]; targets [batch] (or [batch, …positions]) class indices,
 * or one-hot rows of the predictions' shape; values [batch], of positions their mean.
 *
 * Throws an OptionError for a margin that is not above 0, a ShapeError for predictions and targets that do not fit. `checkTargets` throws a
 * DataError for a label that is no class.
 *
 * ```ts
 * multiClassHinge()
 * multiClassHinge(0.5)
 * ```
 *
 * Weston & Watkins, "Support vector machines for multi-class pattern recognition", ESANN 1999, divided by the number of classes.
 */
export function multiClassHinge(given: number | MultiClassHingeOptions = {}): Loss {
  return classHinge('multiClassHinge', given, ({ lacking, classes }) =>
    mul(sum(relu(lacking), { axes: [-1] }), 1 / classes),
  )
}

/**
 * Squared hinge loss against every other class: `Σ_{c ≠ t} max(0, m + x_c − x_t)² / classes` (PyTorch's multi-margin loss, p = 2).
 *
 * Shapes, errors: as `multiClassHinge`.
 *
 * ```ts
 * squaredMultiClassHinge()
 * ```
 */
export function squaredMultiClassHinge(given: number | MultiClassHingeOptions = {}): Loss {
  return classHinge('squaredMultiClassHinge', given, ({ lacking, classes }) =>
    mul(sum(square(relu(lacking)), { axes: [-1] }), 1 / classes),
  )
}

/**
 * Hinge loss against the nearest other class: `max(0, m + max_{c ≠ t} x_c − x_t)` with the margin m (Keras' categorical hinge, m = 1).
 *
 * Shapes, errors: as `multiClassHinge`.
 *
 * ```ts
 * categoricalHinge()
 * ```
 *
 * Crammer & Singer, "On the algorithmic implementation of multiclass kernel-based vector machines", JMLR 2, 2001.
 */
export function categoricalHinge(given: number | MultiClassHingeOptions = {}): Loss {
  // The target's own entry is 0, below which the loss does not fall anyway.
  return classHinge('categoricalHinge', given, ({ lacking }) => max(relu(lacking), { axes: [-1] }))
}
