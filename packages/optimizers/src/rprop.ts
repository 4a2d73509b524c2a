// Rprop (Riedmiller & Braun 1993): steps by the sign of the gradient, of a size that follows whether the sign stays.

import {
  greater,
  less,
  maximum,
  minimum,
  mul,
  type Optimizer,
  parseOptions,
  sign,
  sub,
  type Tensor,
  where,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'

export interface RpropOptions {
  /** The size of the first step, > 0. Default 0.01. */
  readonly initialStep?: number
  /** Factor of the step where the sign changed, in (0, 1). Default 0.5. */
  readonly shrink?: number
  /** Factor of the step where the sign stayed, > 1. Default 1.2. */
  readonly grow?: number
  /** The smallest step, > 0. Default 1e-6. */
  readonly smallest?: number
  /** The largest step, > 0. Default 50. */
  readonly largest?: number
}

const size = z.number().positive()

const schema = z.strictObject({
  initialStep: size.default(0.01).meta({
    description: 'The size of the first step, > 0.',
    search: { type: 'float', low: 1e-4, high: 1, log: true },
  }),
  shrink: size.lt(1).default(0.5).meta({ description: 'Factor of the step where the sign changed, in (0, 1).' }),
  grow: z.number().gt(1).default(1.2).meta({ description: 'Factor of the step where the sign stayed, > 1.' }),
  smallest: size.default(1e-6).meta({ description: 'The smallest step, > 0.' }),
  largest: size.default(50).meta({ description: 'The largest step, > 0.' }),
})

/**
 * Rprop: each element steps against the sign of its gradient; its step grows while the sign stays and shrinks when it changes.
 *
 * With the previous gradient g′: where `g g′ > 0`, `s ← min(s · grow, largest)`; where `g g′ < 0`, `s ← max(s · shrink, smallest)` and g counts as 0, also as the
 * next g′ (no step back). Then `p ← p − s · sign(g)`. Made for gradients of the whole data set: the noise of small batches shrinks all steps.
 *
 * It has no effective step size for proximal maps: how far it goes does not depend on how large a gradient is. It has no learning rate for
 * a schedule either, as each element finds its own. Shapes: parameter, gradient and both slots have the same shape.
 *
 * Throws an OptionError for a shrink outside (0, 1), a grow ≤ 1, or a step that is not positive.
 *
 * ```ts
 * rprop(0.01)
 * ```
 *
 * Riedmiller & Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993, in PyTorch's form (iRprop⁻ of Igel & Hüsken
 * 2000).
 */
export function rprop(given: number | RpropOptions = {}): Optimizer {
  const options = parseOptions('rprop', schema, withMainOption('initialStep', given))
  return {
    kind: 'optimizer',
    name: 'rprop',
    options,
    slots: ({ shape }) => ({ previous: { shape, initial: 0 }, step: { shape, initial: options.initialStep } }),
    update({ parameter, gradient, slots }, scope) {
      const agreement = mul(gradient, sign(slots['previous'] as Tensor))
      const factor = where(
        greater(agreement, 0),
        scope.hyperparameter('grow', options.grow),
        where(less(agreement, 0), scope.hyperparameter('shrink', options.shrink), 1),
      )
      const step = minimum(
        maximum(mul(slots['step'] as Tensor, factor), scope.hyperparameter('smallest', options.smallest)),
        scope.hyperparameter('largest', options.largest),
      )
      const previous = where(less(agreement, 0), 0, gradient)
      return { parameter: sub(parameter, mul(sign(previous), step)), slots: { previous, step } }
    },
  }
}
