// Kullback–Leibler divergence of predicted from given distributions.

import { exp, greater, isFloat, type Loss, log, mul, parseOptions, sub, sum, type Tensor, where } from '@gradwerk/core'
import { z } from 'zod'
import { checkDistributions, checkEach, checkLikePredictions, likePredictions } from './targets.ts'

const schema = z.strictObject({})

/** Sums [batch, …] over all axes but the first: [batch]. */
function sumPerSample(x: Tensor): Tensor {
  return x.shape.length === 1 ? x : sum(x, { axes: x.shape.slice(1).map((_, i) => i + 1) })
}

/**
 * Kullback–Leibler divergence of predicted log-probabilities x from given probabilities t: `Σ t · (log t − x)` over all outputs of a
 * sample; a term is 0 where t is 0. The mean over samples is PyTorch's 'batchmean'.
 *
 * Its gradient is that of `softmaxCrossEntropy` with soft targets on logits; the values differ by the entropy of the targets, so that 0 is
 * reached where both agree.
 *
 * Shapes: predictions (log-probabilities, as of a model that ends in a log-softmax) [batch, …outputs]; targets of the same shape; values
 * [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a negative target, and for rows [samples, classes]
 * that do not add up to 1 within 0.001.
 *
 * ```ts
 * klDivergence()
 * ```
 *
 * Kullback & Leibler, "On information and sufficiency", Annals of Mathematical Statistics 22, 1951.
 */
export function klDivergence(given: Record<string, never> = {}): Loss {
  const who = 'klDivergence'
  return {
    kind: 'loss',
    name: who,
    options: parseOptions(who, schema, given),
    values(predictions, targets) {
      const expected = likePredictions(who, targets, predictions)
      const logarithms = log(where(greater(expected, 0), expected, 1))
      return sumPerSample(mul(expected, sub(logarithms, predictions)))
    },
    checkTargets(targets, predictions) {
      checkLikePredictions(who, targets, predictions)
      if (predictions.length === 2 && isFloat(targets.dtype)) checkDistributions(who, targets)
      else checkEach(who, targets, 'a probability from 0 to 1', (target) => target >= 0 && target <= 1)
    },
  }
}

/**
 * `klDivergence` from targets that are log-probabilities u themselves, as a teacher's output: `Σ eᵘ · (u − x)` over all outputs of a
 * sample.
 *
 * Shapes: predictions and targets (both log-probabilities) [batch, …outputs]; values [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a target that is not finite.
 *
 * ```ts
 * klDivergenceOfLogs()
 * ```
 */
export function klDivergenceOfLogs(given: Record<string, never> = {}): Loss {
  const who = 'klDivergenceOfLogs'
  return {
    kind: 'loss',
    name: who,
    options: parseOptions(who, schema, given),
    values(predictions, targets) {
      const logarithms = likePredictions(who, targets, predictions)
      return sumPerSample(mul(exp(logarithms), sub(logarithms, predictions)))
    },
    checkTargets(targets, predictions) {
      checkLikePredictions(who, targets, predictions)
      checkEach(who, targets, 'a finite number', Number.isFinite)
    },
  }
}
