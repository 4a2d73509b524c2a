// Mean squared error: the loss of regression.

import { type Loss, parseOptions, square } from '@gradwerk/core'
import { z } from 'zod'
import { errorLoss } from './regression.ts'

const schema = z.strictObject({})

/**
 * Squared error, averaged over the outputs of a sample: `mean (x − t)²`, without a factor ½ (PyTorch, Keras).
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1]; values [batch].
 *
 * Throws a ShapeError for targets of another shape: they are never broadcast. `checkTargets` throws a DataError for a target that
 * is not finite.
 *
 * ```ts
 * meanSquaredError()
 * ```
 */
export function meanSquaredError(given: Record<string, never> = {}): Loss {
  const who = 'meanSquaredError'
  return { kind: 'loss', name: who, options: parseOptions(who, schema, given), ...errorLoss(who, square) }
}
