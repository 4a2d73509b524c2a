// The part of samples that are classified correctly.

import {
  argMax,
  cast,
  equal,
  formatShape,
  greater,
  isFloat,
  type Metric,
  parseOptions,
  reshape,
  ShapeError,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { streamingMean } from './streaming-mean.ts'

const schema = z.strictObject({})

/** Whether samples [batch] or [batch, 1] belong to the positive class. */
function positive(x: Tensor, above: number): Tensor {
  return greater(cast(reshape(x, [x.shape[0] as number]), 'float32'), above)
}

/** Bool [batch]: the predicted class is the target's. */
function correct(predictions: Tensor, targets: Tensor): Tensor {
  const { shape } = predictions
  const oneColumn = ({ shape }: Tensor) => shape.length === 1 || (shape.length === 2 && shape[1] === 1)
  if (oneColumn(predictions) && oneColumn(targets)) {
    const [predicted, expected] = [positive(predictions, 0), positive(targets, 0.5)]
    return equal(cast(predicted, 'float32'), cast(expected, 'float32'))
  }
  if (shape.length === 2) {
    if (targets.shape.length === 1 && !isFloat(targets.dtype))
      return equal(argMax(predictions, 1), cast(targets, 'int32'))
    if (targets.shape.length === 2 && targets.shape[1] === shape[1])
      return equal(argMax(predictions, 1), argMax(cast(targets, 'float32'), 1))
  }
  throw new ShapeError({
    who: 'accuracy',
    problem: 'predictions and targets that are no classes',
    expected:
      'predictions [batch, classes] with targets [batch] or [batch, classes], or one logit and one target a sample',
    got: `${formatShape(shape)} and ${targets.dtype} ${formatShape(targets.shape)}`,
  })
}

/**
 * The part of samples whose predicted class is the target's, from 0 to 1: `Σ [prediction = target] / n`. Larger is better.
 *
 * The predicted class is the first one with the largest prediction (logits or probabilities). Predictions with a single column are
 * logits of the positive class: it is predicted where they are > 0, and expected where the target is > ½.
 *
 * Shapes: predictions [batch, classes]; targets [batch] class indices (int32 or uint8) or [batch, classes] soft targets. Or
 * predictions [batch] or [batch, 1] with targets [batch] or [batch, 1]. Batches may have any length.
 *
 * Throws a ShapeError for other shapes. The counts are float32, exact up to 16,777,216 samples.
 *
 * ```ts
 * accuracy()
 * ```
 */
export function accuracy(given: Record<string, never> = {}): Metric {
  return {
    kind: 'metric',
    name: 'accuracy',
    options: parseOptions('accuracy', schema, given),
    mode: 'max',
    ...streamingMean(({ predictions, targets }) => cast(correct(predictions, targets), 'float32')),
  }
}
