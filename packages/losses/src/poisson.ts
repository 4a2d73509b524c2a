// Poisson loss: the loss of counts.

import { exp, type Loss, mul, parseOptions, sub } from '@gradwerk/core'
import { z } from 'zod'
import { meanPerSample } from './mean-per-sample.ts'
import { checkEach, checkLikePredictions, likePredictions } from './targets.ts'

const schema = z.strictObject({})

/**
 * Negative log-likelihood of counts t under a Poisson distribution with the rate eˣ, without the term `log t!` that no prediction changes,
 * averaged over the outputs of a sample: `eˣ − t · x`. It may be below 0.
 *
 * Shapes: predictions (logarithms of rates) [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1];
 * values [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a target below 0.
 *
 * ```ts
 * poisson()
 * ```
 */
export function poisson(given: Record<string, never> = {}): Loss {
  const who = 'poisson'
  return {
    kind: 'loss',
    name: who,
    options: parseOptions(who, schema, given),
    values(predictions, targets) {
      const expected = likePredictions(who, targets, predictions)
      return meanPerSample(sub(exp(predictions), mul(expected, predictions)))
    },
    checkTargets(targets, predictions) {
      checkLikePredictions(who, targets, predictions)
      checkEach(who, targets, 'a finite count ≥ 0', (target) => target >= 0 && Number.isFinite(target))
    },
  }
}
