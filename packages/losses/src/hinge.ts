// Hinge losses of yes-or-no decisions: those of support vector machines.

import { cast, greater, type Loss, mul, parseOptions, relu, square, sub, type Tensor } from '@gradwerk/core'
import { z } from 'zod'
import { meanPerSample } from './mean-per-sample.ts'
import { checkEach, checkLikePredictions, likePredictions } from './targets.ts'

const schema = z.strictObject({})

function hingeLoss(who: string, given: Record<string, never>, ofMargin: (margin: Tensor) => Tensor): Loss {
  return {
    kind: 'loss',
    name: who,
    options: parseOptions(who, schema, given),
    values(predictions, targets) {
      const positive = cast(greater(likePredictions(who, targets, predictions), 0.5), predictions.dtype)
      const side = sub(mul(positive, 2), 1)
      return meanPerSample(ofMargin(relu(sub(1, mul(side, predictions)))))
    },
    checkTargets(targets, predictions) {
      checkLikePredictions(who, targets, predictions)
      checkEach(who, targets, '0 or 1, or −1 or 1', (target) => target === 1 || target === 0 || target === -1)
    },
  }
}

/**
 * Hinge loss, averaged over the outputs of a sample: `max(0, 1 − y · x)`, with y = 1 for targets of 1 and y = −1 for targets of 0 or −1. The
 * prediction's sign is the decision.
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1]; values [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a target that is none of −1, 0 and 1.
 *
 * ```ts
 * hinge()
 * ```
 *
 * Cortes & Vapnik, "Support-vector networks", Machine Learning 20, 1995.
 */
export function hinge(given: Record<string, never> = {}): Loss {
  return hingeLoss('hinge', given, (margin) => margin)
}

/**
 * Squared hinge loss, averaged over the outputs of a sample: `max(0, 1 − y · x)²`, with y = 1 for targets of 1 and y = −1 for targets of 0 or
 * −1. Unlike `hinge` it has a slope everywhere.
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1]; values [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a target that is none of −1, 0 and 1.
 *
 * ```ts
 * squaredHinge()
 * ```
 */
export function squaredHinge(given: Record<string, never> = {}): Loss {
  return hingeLoss('squaredHinge', given, square)
}
