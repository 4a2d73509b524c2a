// Binary cross-entropy from logits: the loss of independent yes-or-no decisions.

import { type Loss, mul, parseOptions, softplus, sub } from '@gradwerk/core'
import { z } from 'zod'
import { meanPerSample } from './mean-per-sample.ts'
import { checkEach, checkLikePredictions, likePredictions } from './targets.ts'

const schema = z.strictObject({})

/**
 * Cross-entropy of the sigmoid of logits, averaged over the outputs of a sample: `−t · log σ(x) − (1 − t) · log(1 − σ(x))`, computed as
 * `softplus(x) − t · x`, which does not overflow.
 *
 * Shapes: predictions (logits) [batch, …outputs]; targets in [0, 1] of the same shape, any type, or [batch] for predictions
 * [batch, 1]; values [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a target outside [0, 1].
 *
 * ```ts
 * binaryCrossEntropy()
 * ```
 */
export function binaryCrossEntropy(given: Record<string, never> = {}): Loss {
  const who = 'binaryCrossEntropy'
  return {
    kind: 'loss',
    name: who,
    options: parseOptions(who, schema, given),
    values(predictions, targets) {
      const expected = likePredictions(who, targets, predictions)
      return meanPerSample(sub(softplus(predictions), mul(expected, predictions)))
    },
    checkTargets(targets, predictions) {
      checkLikePredictions(who, targets, predictions)
      checkEach(who, targets, 'a number from 0 to 1', (target) => target >= 0 && target <= 1)
    },
  }
}
