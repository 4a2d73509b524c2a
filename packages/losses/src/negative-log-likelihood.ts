// Negative log-likelihood: cross-entropy for models that end in log-probabilities.

import { type Loss, mul, parseOptions, sub, sum } from '@gradwerk/core'
import { z } from 'zod'
import { type ClassOptions, classShape, sampleWeights, weightedRows } from './class-options.ts'
import { checkClassTargets, classesLast, classRows } from './class-targets.ts'
import { meanPerSample } from './mean-per-sample.ts'

export type NegativeLogLikelihoodOptions = ClassOptions

const schema = z.strictObject(classShape)

/**
 * `−Σ_c w_c · t_c · x_c` for log-probabilities x and class weights w: of class indices t the weighted log-probability of the target.
 * `softmaxCrossEntropy` is this of the log-softmax.
 *
 * Shapes: predictions (log-probabilities) [batch, classes] or [batch, classes, …positions]; targets [batch] (or [batch, …positions]) class
 * indices, or distributions of the predictions' shape; values [batch], of positions their mean. With class weights or an ignored class the
 * mean of the loss is `Σ values / Σ w_t`.
 *
 * Throws an OptionError for a weight below 0, a ShapeError for predictions, targets and weights that do not fit. `checkTargets` throws a
 * DataError for a label that is no class.
 *
 * ```ts
 * negativeLogLikelihood()
 * negativeLogLikelihood({ classWeights: [1, 2, 2] })
 * ```
 */
export function negativeLogLikelihood(given: NegativeLogLikelihoodOptions = {}): Loss {
  const who = 'negativeLogLikelihood'
  const options = parseOptions(who, schema, given)
  const { ignoreIndex } = options
  return {
    kind: 'loss',
    name: who,
    options,
    values(predictions, targets) {
      const { rows, counts } = classRows(who, predictions, targets, ignoreIndex)
      const weighted = weightedRows(who, options, predictions, rows, counts)
      return meanPerSample(sub(0, sum(mul(classesLast(predictions), weighted), { axes: [-1] })))
    },
    weights: (predictions, targets) => sampleWeights(who, options, predictions, targets),
    checkTargets: (targets, predictions) => checkClassTargets(who, targets, predictions, ignoreIndex),
  }
}
