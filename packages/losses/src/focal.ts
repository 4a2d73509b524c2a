// Focal loss (Lin et al. 2017): cross-entropy in which samples that are classified well count less.

import {
  add,
  exp,
  type Loss,
  logSoftmax,
  maximum,
  mul,
  neg,
  parseOptions,
  pow,
  softplus,
  sub,
  sum,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type ClassOptions, classShape, sampleWeights, weightedRows } from './class-options.ts'
import { checkClassTargets, classesLast, classRows } from './class-targets.ts'
import { meanPerSample } from './mean-per-sample.ts'
import { checkEach, checkLikePredictions, likePredictions } from './targets.ts'

export interface FocalOptions extends ClassOptions {
  /** How much less samples count that are classified well, ≥ 0; 0 is cross-entropy. Default 2. */
  readonly gamma?: number
}

export interface BinaryFocalOptions {
  /** How much less samples count that are classified well, ≥ 0; 0 is binary cross-entropy. Default 2. */
  readonly gamma?: number
  /** What the positive class counts, in [0, 1]; the negative one counts 1 − α. Default: both count 1. */
  readonly alpha?: number | undefined
}

const gamma = z
  .number()
  .nonnegative()
  .default(2)
  .meta({
    description: 'How much less samples count that are classified well, at least 0; 0 is cross-entropy.',
    search: { type: 'float', low: 0, high: 5 },
  })

const schema = z.strictObject({ gamma, ...classShape })

const binarySchema = z.strictObject({
  gamma,
  alpha: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({
      description: 'What the positive class counts, in [0, 1]; the negative one counts 1 − α. Both 1 by default.',
      search: { type: 'float', low: 0.1, high: 0.9 },
    }),
})

/** Below this 1 − p is rounding; powers of it would have infinite slopes. */
const smallest = 2 ** -24

/**
 * Focal loss of the softmax of logits: `−Σ_c w_c · t_c · (1 − p_c)^γ · log p_c` with `p = softmax(x)` and class weights w (α in the paper). With
 * γ = 0 it is `softmaxCrossEntropy`.
 *
 * Shapes: predictions (logits) [batch, classes] or [batch, classes, …positions]; targets [batch] (or [batch, …positions]) class indices, or
 * distributions of the predictions' shape; values [batch], of positions their mean. With class weights or an ignored class the mean of
 * the loss is `Σ values / Σ w_t`.
 *
 * Throws an OptionError for a negative γ or weight, a ShapeError for predictions, targets and weights that do not fit. `checkTargets`
 * throws a DataError for a label that is no class.
 *
 * ```ts
 * focal()
 * focal(1)
 * focal({ gamma: 2, classWeights: [0.25, 0.75] })
 * ```
 *
 * Lin, Goyal, Girshick, He & Dollár, "Focal loss for dense object detection", ICCV 2017, equation 5, for several classes.
 */
export function focal(given: number | FocalOptions = {}): Loss {
  const who = 'focal'
  const options = parseOptions(who, schema, withMainOption('gamma', given))
  const { ignoreIndex } = options
  return {
    kind: 'loss',
    name: who,
    options,
    values(predictions, targets, scope) {
      const { rows, counts } = classRows(who, predictions, targets, ignoreIndex)
      const weighted = weightedRows(who, options, predictions, rows, counts)
      const logarithms = logSoftmax(classesLast(predictions))
      const missing = maximum(sub(1, exp(logarithms)), smallest)
      const factor = pow(missing, scope.hyperparameter('gamma', options.gamma))
      return meanPerSample(sub(0, sum(mul(mul(weighted, factor), logarithms), { axes: [-1] })))
    },
    weights: (predictions, targets) => sampleWeights(who, options, predictions, targets),
    checkTargets: (targets, predictions) => checkClassTargets(who, targets, predictions, ignoreIndex),
  }
}

/**
 * Focal loss of the sigmoid of logits, averaged over the outputs of a sample:
 * `−α · t · (1 − p)^γ · log p − (1 − α) · (1 − t) · p^γ · log(1 − p)` with `p = σ(x)`. Without `alpha` both factors are 1. With γ = 0 it is
 * `binaryCrossEntropy`.
 *
 * Computed from `log p = −softplus(−x)` and `(1 − p)^γ = exp(−γ · softplus(x))`, which neither overflow nor have infinite slopes.
 *
 * Shapes: predictions (logits) [batch, …outputs]; targets in [0, 1] of the same shape, any type, or [batch] for predictions [batch, 1];
 * values [batch]. The mean of the loss divides by the number of samples (the paper divides by the number of positive ones).
 *
 * Throws an OptionError for a negative γ or an α outside [0, 1], a ShapeError for targets of another shape. `checkTargets` throws a
 * DataError for a target outside [0, 1].
 *
 * ```ts
 * binaryFocal()
 * binaryFocal({ gamma: 2, alpha: 0.25 })
 * ```
 *
 * Lin, Goyal, Girshick, He & Dollár, "Focal loss for dense object detection", ICCV 2017, equation 5.
 */
export function binaryFocal(given: number | BinaryFocalOptions = {}): Loss {
  const who = 'binaryFocal'
  const options = parseOptions(who, binarySchema, withMainOption('gamma', given))
  const { alpha } = options
  return {
    kind: 'loss',
    name: who,
    options,
    values(predictions, targets, scope) {
      const expected = likePredictions(who, targets, predictions)
      const power = scope.hyperparameter('gamma', options.gamma)
      // −log σ(x) of the class in question, times what the other class still has to the power of γ.
      const term = (x: Tensor) => mul(exp(neg(mul(power, softplus(x)))), softplus(neg(x)))
      const [yes, no] = [mul(expected, term(predictions)), mul(sub(1, expected), term(neg(predictions)))]
      if (alpha === undefined) return meanPerSample(add(yes, no))
      const share = scope.hyperparameter('alpha', alpha)
      return meanPerSample(add(mul(yes, share), mul(no, sub(1, share))))
    },
    checkTargets(targets, predictions) {
      checkLikePredictions(who, targets, predictions)
      checkEach(who, targets, 'a number from 0 to 1', (target) => target >= 0 && target <= 1)
    },
  }
}
