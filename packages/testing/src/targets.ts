// Predictions and targets for losses and metrics.

import type { Shape, Value } from '@gradwerk/core'
import { type NumberRange, randomValue } from './values.ts'

/**
 * What targets are: class indices [batch] below `classes`, numbers of the predictions' shape, or anything else for a number of samples.
 */
export type TargetKind =
  | { readonly classes: number }
  | { readonly values: NumberRange }
  | { readonly make: (batch: number, seed: number) => Value }

export interface PredictionCase {
  /** Shape of one prediction, without the batch axis. */
  readonly predictions: Shape
  readonly targets: TargetKind
  /** Where the predictions' numbers come from. Default −1 to 1. */
  readonly range?: NumberRange
}

/** Random predictions [batch, …]. */
export function predictionsOf({ predictions, range }: PredictionCase, batch: number, seed = 91): Value {
  return randomValue({ dtype: 'float32', shape: [batch, ...predictions] }, seed, range)
}

/** Random targets that go with them. */
export function targetsOf({ predictions, targets }: PredictionCase, batch: number, seed = 92): Value {
  if ('make' in targets) return targets.make(batch, seed)
  if ('classes' in targets)
    return randomValue({ dtype: 'int32', shape: [batch] }, seed, { low: 0, high: targets.classes - 1 })
  return randomValue({ dtype: 'float32', shape: [batch, ...predictions] }, seed, targets.values)
}

/** Rows from `start` (inclusive) to `end` (exclusive) of a value. */
export function rowsOf({ dtype, shape, data }: Value, start: number, end: number): Value {
  const size = shape.slice(1).reduce((a, b) => a * b, 1)
  return { dtype, shape: [end - start, ...shape.slice(1)], data: data.slice(start * size, end * size) }
}
