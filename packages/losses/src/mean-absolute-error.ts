// Mean absolute error: the loss of regression to the median.

import { abs, type Loss, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { errorLoss } from './regression.ts'

const schema = z.strictObject({})

/**
 * Absolute error, averaged over the outputs of a sample: `mean |x − t|`. The slope at an error of 0 is 0.
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1]; values [batch].
 *
 * Throws a ShapeError for targets of another shape. `checkTargets` throws a DataError for a target that is not finite.
 *
 * ```ts
 * meanAbsoluteError()
 * ```
 */
export function meanAbsoluteError(given: Record<string, never> = {}): Loss {
  const who = 'meanAbsoluteError'
  return { kind: 'loss', name: who, options: parseOptions(who, schema, given), ...errorLoss(who, abs) }
}
