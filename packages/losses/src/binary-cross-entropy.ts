// Binary cross-entropy: the loss of independent yes-or-no decisions.

import {
  add,
  type Loss,
  log,
  maximum,
  minimum,
  mul,
  neg,
  parseOptions,
  type Shape,
  softplus,
  sub,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { weightsOf, weightsSchema } from './class-options.ts'
import { meanPerSample } from './mean-per-sample.ts'
import { checkEach, checkLikePredictions, likePredictions } from './targets.ts'

export interface BinaryCrossEntropyOptions {
  /** What positive targets count, > 0: one number, or one for each output. Default 1. */
  readonly positiveWeight?: number | readonly number[] | undefined
  /** What each output counts, ≥ 0, along the last axis. Default: 1 for all. */
  readonly outputWeights?: readonly number[] | undefined
}

const schema = z.strictObject({
  positiveWeight: z
    .union([z.number().positive(), z.array(z.number().positive()).min(1)], {
      error: 'a number > 0, or one for each output',
    })
    .optional()
    .meta({
      description: 'What positive targets count, above 0: one number, or one for each output; 1 by default.',
      search: { type: 'float', low: 0.1, high: 10, log: true },
    }),
  outputWeights: weightsSchema('What each output counts, at least 0, along the last axis; 1 for all by default.'),
})

/** The complaints of both losses about targets. */
function checkTargets(who: string): NonNullable<Loss['checkTargets']> {
  return (targets, predictions) => {
    checkLikePredictions(who, targets, predictions)
    checkEach(who, targets, 'a number from 0 to 1', (target) => target >= 0 && target <= 1)
  }
}

function perOutput(who: string, weights: readonly number[], predictions: Shape): Tensor {
  return weightsOf(who, 'output', weights, predictions.length === 1 ? 1 : (predictions.at(-1) as number), predictions)
}

/**
 * Cross-entropy of the sigmoid of logits, averaged over the outputs of a sample: `w · (−p · t · log σ(x) − (1 − t) · log(1 − σ(x)))` with the
 * positive weight p and the output weights w. Computed as `softplus(x) − t · x`, and with a positive weight as
 * `(1 − t) · x + (1 + (p − 1) · t) · softplus(−x)`, which do not overflow.
 *
 * `positiveWeight` above 1 raises recall, below 1 precision; the ratio of negative to positive samples balances the two. The mean
 * divides by the number of samples and outputs, not by weights, as in PyTorch.
 *
 * Shapes: predictions (logits) [batch, …outputs]; targets in [0, 1] of the same shape, any type, or [batch] for predictions
 * [batch, 1]; values [batch].
 *
 * Throws an OptionError for a weight out of range, a ShapeError for targets of another shape and for another number of weights than
 * outputs. `checkTargets` throws a DataError for a target outside [0, 1].
 *
 * ```ts
 * binaryCrossEntropy()
 * binaryCrossEntropy({ positiveWeight: 4 })
 * ```
 */
export function binaryCrossEntropy(given: BinaryCrossEntropyOptions = {}): Loss {
  const who = 'binaryCrossEntropy'
  const options = parseOptions(who, schema, given)
  const { positiveWeight, outputWeights } = options
  return {
    kind: 'loss',
    name: who,
    options,
    values(predictions, targets, scope) {
      const expected = likePredictions(who, targets, predictions)
      const entropy = (): Tensor => {
        if (positiveWeight === undefined) return sub(softplus(predictions), mul(expected, predictions))
        const positive =
          typeof positiveWeight === 'number'
            ? scope.hyperparameter('positiveWeight', positiveWeight)
            : perOutput(who, positiveWeight, predictions.shape)
        const weight = add(mul(sub(positive, 1), expected), 1)
        return add(mul(sub(1, expected), predictions), mul(weight, softplus(neg(predictions))))
      }
      if (outputWeights === undefined) return meanPerSample(entropy())
      return meanPerSample(mul(entropy(), perOutput(who, outputWeights, predictions.shape)))
    },
    checkTargets: checkTargets(who),
  }
}

/** How near probabilities may come to 0 and 1: closer, float32 knows no difference from 1. */
const nearest = 1e-7

/**
 * Binary cross-entropy for models that end in probabilities: `−t · log p − (1 − t) · log(1 − p)`, averaged over the outputs of a sample,
 * with p kept between 10⁻⁷ and 1 − 10⁻⁷. Prefer `binaryCrossEntropy` on logits: near 0 and 1 it is exact.
 *
 * Shapes: predictions (probabilities) [batch, …outputs]; targets in [0, 1] of the same shape, any type, or [batch] for predictions
 * [batch, 1]; values [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a target outside [0, 1].
 *
 * ```ts
 * binaryCrossEntropyOfProbabilities()
 * ```
 */
export function binaryCrossEntropyOfProbabilities(given: Record<string, never> = {}): Loss {
  const who = 'binaryCrossEntropyOfProbabilities'
  return {
    kind: 'loss',
    name: who,
    options: parseOptions(who, z.strictObject({}), given),
    values(predictions, targets) {
      const expected = likePredictions(who, targets, predictions)
      const p = minimum(maximum(predictions, nearest), 1 - nearest)
      return meanPerSample(sub(0, add(mul(expected, log(p)), mul(sub(1, expected), log(sub(1, p))))))
    },
    checkTargets: checkTargets(who),
  }
}
