// The part of samples that are classified correctly.

import { cast, equal, type Metric, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { decisionsOf } from './decisions.ts'
import { streamingMean } from './streaming-mean.ts'

const schema = z.strictObject({})

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
    ...streamingMean(({ predictions, targets }) => {
      const { predicted, expected } = decisionsOf('accuracy', predictions, targets)
      return cast(equal(predicted, expected), 'float32')
    }),
  }
}
