// Softmax cross-entropy: the loss of classification into one of several classes.

import { add, type Loss, mul, parseOptions, type Scope, sub, type Tensor } from '@gradwerk/core'
import { z } from 'zod'
import { type ClassOptions, classShape, sampleWeights, weightedRows } from './class-options.ts'
import { checkClassTargets, classesLast, classesOf, classRows } from './class-targets.ts'
import { crossEntropy } from './cross-entropy.ts'
import { meanPerSample } from './mean-per-sample.ts'

export interface SoftmaxCrossEntropyOptions extends ClassOptions {
  /** Part of the target that is spread evenly over all classes, in [0, 1). Default 0. */
  readonly labelSmoothing?: number
}

const schema = z.strictObject({
  labelSmoothing: z
    .number()
    .nonnegative()
    .lt(1)
    .default(0)
    .meta({
      description: 'Part of the target that is spread evenly over all classes, in [0, 1).',
      search: { type: 'float', low: 0, high: 0.3 },
    }),
  ...classShape,
})

/**
 * Cross-entropy of the softmax of logits, computed from the logits so that it neither overflows nor loses small probabilities:
 * `−Σ_c w_c · t_c · log softmax(x)_c` for every sample, with class weights w and targets `t ← (1 − s) · t + s / classes` under label
 * smoothing s.
 *
 * Shapes: predictions (logits) [batch, classes]; targets [batch] class indices (int32 or uint8, from 0), or [batch, classes] soft
 * targets (float32, rows that add up to 1); values [batch]. For dense prediction: predictions [batch, classes, …positions] with targets
 * [batch, …positions] or of the predictions' shape; a sample's value is the mean over its positions. Smoothing is part of the loss
 * wherever it is evaluated, as in PyTorch and Keras.
 *
 * With class weights or an ignored class the mean of the loss is `Σ values / Σ w_t`, as in PyTorch: samples of class t count w_t, ignored
 * ones 0. Under soft targets the mean divides by the number of samples.
 *
 * Throws an OptionError for a label smoothing outside [0, 1) or a weight below 0, a ShapeError for predictions, targets and weights that
 * do not fit. `checkTargets` throws a DataError for a label that is no class, and for soft targets that do not add up to 1 within 0.001.
 *
 * ```ts
 * softmaxCrossEntropy()
 * softmaxCrossEntropy({ labelSmoothing: 0.1 })
 * softmaxCrossEntropy({ classWeights: [1, 10], ignoreIndex: -1 })
 * ```
 *
 * Label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016, section 7.
 */
export function softmaxCrossEntropy(given: SoftmaxCrossEntropyOptions = {}): Loss {
  const who = 'softmaxCrossEntropy'
  const options = parseOptions(who, schema, given)
  const { labelSmoothing, classWeights, ignoreIndex } = options
  return {
    kind: 'loss',
    name: who,
    options,
    values(predictions, targets, scope) {
      const { rows, indices, counts } = classRows(who, predictions, targets, ignoreIndex)
      const smooth = smoothed(rows, classesOf(who, predictions.shape), labelSmoothing, scope)
      const weighted = weightedRows(who, options, predictions, smooth, counts)
      const plain = indices && classWeights === undefined && counts === undefined
      return meanPerSample(crossEntropy(classesLast(predictions), weighted, plain))
    },
    weights: (predictions, targets) => sampleWeights(who, options, predictions, targets),
    checkTargets: (targets, predictions) => checkClassTargets(who, targets, predictions, ignoreIndex),
  }
}

function smoothed(target: Tensor, classes: number, amount: number, scope: Scope): Tensor {
  if (amount === 0) return target
  const smoothing = scope.hyperparameter('labelSmoothing', amount)
  return add(mul(target, sub(1, smoothing)), mul(smoothing, 1 / classes))
}
