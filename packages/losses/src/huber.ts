// Huber's loss (1964) and smooth L1: squared for small errors, absolute for large ones.

import { abs, div, type Loss, minimum, mul, parseOptions, sub, type Tensor, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { errorLoss } from './regression.ts'

export interface HuberOptions {
  /** The error above which the loss grows linearly, > 0, in the unit of the targets. Default 1. */
  readonly delta?: number
}

export interface SmoothL1Options {
  /** The error above which the loss grows linearly, > 0, in the unit of the targets. Default 1. */
  readonly beta?: number
}

const bound = z
  .number()
  .positive()
  .default(1)
  .meta({
    description: 'The error above which the loss grows linearly, above 0, in the unit of the targets.',
    search: { type: 'float', low: 0.01, high: 10, log: true },
  })

const huberSchema = z.strictObject({ delta: bound })
const smoothSchema = z.strictObject({ beta: bound })

/** e²/2 up to |e| = δ, then δ · (|e| − δ/2): with q = min(|e|, δ) both are q · (|e| − q/2). */
function huberOf(error: Tensor, delta: Tensor): Tensor {
  const size = abs(error)
  const quadratic = minimum(size, delta)
  return mul(quadratic, sub(size, mul(quadratic, 0.5)))
}

/**
 * Huber's loss of errors `e = x − t`, averaged over the outputs of a sample: `e²/2` where |e| ≤ δ, else `δ · (|e| − δ/2)`.
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1]; values [batch].
 *
 * Throws an OptionError for a δ that is not above 0, a ShapeError for targets of another shape. `checkTargets` throws a DataError for a
 * target that is not finite.
 *
 * ```ts
 * huber()
 * huber(0.5)
 * ```
 *
 * Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35, 1964.
 */
export function huber(given: number | HuberOptions = {}): Loss {
  const who = 'huber'
  const options = parseOptions(who, huberSchema, withMainOption('delta', given))
  return {
    kind: 'loss',
    name: who,
    options,
    ...errorLoss(who, (error, scope) => huberOf(error, scope.hyperparameter('delta', options.delta))),
  }
}

/**
 * Smooth L1 of errors `e = x − t`, averaged over the outputs of a sample: `e²/(2β)` where |e| < β, else `|e| − β/2`. It is `huber(β)`
 * divided by β, so that its slope ends at ±1 whatever β.
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1]; values [batch].
 *
 * Throws an OptionError for a β that is not above 0 (for 0 take `meanAbsoluteError`), a ShapeError for targets of another shape.
 * `checkTargets` throws a DataError for a target that is not finite.
 *
 * ```ts
 * smoothL1()
 * smoothL1(0.5)
 * ```
 *
 * Girshick, "Fast R-CNN", ICCV 2015, equation 3, where β = 1.
 */
export function smoothL1(given: number | SmoothL1Options = {}): Loss {
  const who = 'smoothL1'
  const options = parseOptions(who, smoothSchema, withMainOption('beta', given))
  return {
    kind: 'loss',
    name: who,
    options,
    ...errorLoss(who, (error, scope) => {
      const beta = scope.hyperparameter('beta', options.beta)
      return div(huberOf(error, beta), beta)
    }),
  }
}
