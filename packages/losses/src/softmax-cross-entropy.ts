// Softmax cross-entropy: the loss of classification into one of several classes.

import {
  add,
  apply,
  type CompositeOp,
  cast,
  DataError,
  exp,
  formatShape,
  isFloat,
  type Loss,
  logSoftmax,
  mul,
  neg,
  oneHot,
  parseOptions,
  reshape,
  type Scope,
  type Shape,
  ShapeError,
  sub,
  sum,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { checkDistributions, checkEach, sameSamples } from './targets.ts'

export interface SoftmaxCrossEntropyOptions {
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
})

const classAxis = { axes: [1] }

/**
 * −Σ target · log softmax(logits) over the classes, of logits and targets [batch, classes]. Where every row of the targets adds up to 1,
 * the gradient is softmax(logits) − target and needs no sum.
 */
function crossEntropy(logits: Tensor, target: Tensor, rowsAddUpToOne: boolean): Tensor {
  const op: CompositeOp = {
    name: 'crossEntropy',
    attributes: { rowsAddUpToOne },
    // 0 − x, because −x would make a loss of −0.
    compose: ([x, t]) => sub(0, sum(mul(logSoftmax(x as Tensor), t as Tensor), classAxis)),
    gradient({ inputs, cotangent }) {
      const [x, t] = inputs as [Tensor, Tensor]
      const column = reshape(cotangent, [...cotangent.shape, 1])
      const logarithms = logSoftmax(x)
      const probabilities = exp(logarithms)
      const given = rowsAddUpToOne ? probabilities : mul(probabilities, sum(t, { ...classAxis, keepDims: true }))
      return [mul(sub(given, t), column), mul(neg(logarithms), column)]
    },
  }
  return apply(op, [logits, target])
}

/**
 * Cross-entropy of the softmax of logits, computed from the logits so that it neither overflows nor loses small probabilities:
 * `−Σ_c t_c · log softmax(x)_c` for every sample, with targets `t ← (1 − s) · t + s / classes` under label smoothing s.
 *
 * Shapes: predictions (logits) [batch, classes]; targets [batch] class indices (int32 or uint8, from 0), or [batch, classes] soft
 * targets (float32, rows that add up to 1); values [batch]. Smoothing is part of the loss wherever it is evaluated, as in PyTorch
 * and Keras.
 *
 * Throws an OptionError for a label smoothing outside [0, 1), a ShapeError for predictions and targets that do not fit. `checkTargets`
 * throws a DataError for a label that is no class, and for a row of soft targets that does not add up to 1 within 0.001.
 *
 * ```ts
 * softmaxCrossEntropy()
 * softmaxCrossEntropy({ labelSmoothing: 0.1 })
 * ```
 *
 * Label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016, section 7.
 */
export function softmaxCrossEntropy(given: SoftmaxCrossEntropyOptions = {}): Loss {
  const who = 'softmaxCrossEntropy'
  const options = parseOptions(who, schema, given)
  return {
    kind: 'loss',
    name: who,
    options,
    values(predictions, targets, scope) {
      const classes = classesOf(predictions.shape)
      const indices = targets.shape.length === 1 && !isFloat(targets.dtype)
      if (!indices && !sameSamples(targets.shape, predictions.shape))
        throw new ShapeError({
          who,
          problem: 'targets that do not fit the predictions',
          expected: `integer [batch] or float ${formatShape(predictions.shape)}`,
          got: `${targets.dtype} ${formatShape(targets.shape)}`,
        })
      const hard = indices ? oneHot(cast(targets, 'int32'), classes) : cast(targets, 'float32')
      return crossEntropy(predictions, smoothed(hard, classes, options.labelSmoothing, scope), indices)
    },
    checkTargets(targets, predictions) {
      const classes = classesOf(predictions)
      if (targets.shape.length === 1 && !isFloat(targets.dtype))
        checkEach(who, targets, `a class from 0 to ${classes - 1}`, (label) => label >= 0 && label < classes)
      else if (sameSamples(targets.shape, predictions)) checkDistributions(who, targets)
      else
        throw new DataError({
          who,
          problem: 'targets that do not fit the predictions',
          expected: `class indices [samples], or probabilities [samples, ${classes}]`,
          got: `${targets.dtype} ${formatShape(targets.shape)}`,
        })
    },
  }
}

function classesOf(predictions: Shape): number {
  const classes = predictions[1]
  if (predictions.length === 2 && classes !== undefined && classes > 0) return classes
  throw new ShapeError({
    who: 'softmaxCrossEntropy',
    problem: 'predictions of the wrong shape',
    expected: '[batch, classes]',
    got: formatShape(predictions),
  })
}

function smoothed(target: Tensor, classes: number, amount: number, scope: Scope): Tensor {
  if (amount === 0) return target
  const smoothing = scope.hyperparameter('labelSmoothing', amount)
  return add(mul(target, sub(1, smoothing)), mul(smoothing, 1 / classes))
}
