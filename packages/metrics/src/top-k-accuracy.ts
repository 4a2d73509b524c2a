// The part of samples whose class is among the best guesses.

import {
  add,
  and,
  argMax,
  cast,
  constant,
  equal,
  formatShape,
  greater,
  isFloat,
  less,
  type Metric,
  max,
  mul,
  parseOptions,
  reshape,
  ShapeError,
  sum,
  type Tensor,
  valueOf,
  where,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { streamingMean } from './streaming-mean.ts'

export interface TopKAccuracyOptions {
  /** How many guesses a sample has, ≥ 1. Default 5. */
  readonly k?: number
}

const schema = z.strictObject({
  k: z.int().positive().default(5).meta({ description: 'How many guesses a sample has, at least 1.' }),
})

/** The classes of targets, int32 [batch, 1]. */
function labelsOf(who: string, { shape }: Tensor, targets: Tensor): Tensor {
  if (shape.length === 2) {
    if (targets.shape.length === 1 && !isFloat(targets.dtype))
      return reshape(cast(targets, 'int32'), [targets.shape[0] as number, 1])
    if (targets.shape.length === 2 && targets.shape[1] === shape[1])
      return reshape(argMax(cast(targets, 'float32'), 1), [targets.shape[0] as number, 1])
  }
  throw new ShapeError({
    who,
    problem: 'predictions and targets that are no classes',
    expected: 'predictions [batch, classes] with targets [batch] or [batch, classes]',
    got: `${formatShape(shape)} and ${targets.dtype} ${formatShape(targets.shape)}`,
  })
}

/**
 * The part of samples whose class is among the k classes of the largest predictions, from 0 to 1. Larger is better; its figure is called
 * `top5Accuracy` for k = 5.
 *
 * Of equal predictions the first classes come first, so that k = 1 is `accuracy`. A prediction of NaN for the target's class is a miss.
 *
 * Shapes: predictions [batch, classes]; targets [batch] class indices (int32 or uint8) or [batch, classes] soft targets.
 *
 * Throws an OptionError for a k below 1, a ShapeError for other shapes.
 *
 * ```ts
 * topKAccuracy()
 * topKAccuracy(3)
 * ```
 */
export function topKAccuracy(given: number | TopKAccuracyOptions = {}): Metric {
  const who = 'topKAccuracy'
  const options = parseOptions(who, schema, withMainOption('k', given))
  return {
    kind: 'metric',
    name: who,
    options,
    figure: `top${options.k}Accuracy`,
    mode: 'max',
    ...streamingMean(({ predictions, targets }) => {
      const label = labelsOf(who, predictions, targets)
      const classes = predictions.shape[1] as number
      const places = constant(
        valueOf(
          'int32',
          [classes],
          Array.from({ length: classes }, (_, i) => i),
        ),
      )
      const own = max(where(equal(label, places), predictions, -3.4e38), { axes: [1], keepDims: true })
      const number = (x: Tensor) => cast(x, 'float32')
      const ahead = add(
        number(greater(predictions, own)),
        mul(number(equal(predictions, own)), number(less(places, label))),
      )
      const rank = sum(ahead, { axes: [1] })
      const score = reshape(own, [own.shape[0] as number])
      return number(and(less(rank, options.k), equal(score, score)))
    }),
  }
}
