// Lookahead (Zhang et al. 2019): slow weights follow where a few fast steps lead.

import { add, mul, type Optimizer, parseOptions, sub, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { checkPlain, optimizerSchema, taken, withSlot } from './wrapper.ts'

export interface LookaheadOptions {
  /** The optimizer that makes the fast steps. */
  readonly optimizer: Optimizer
  /** Fast steps before the slow weights follow, ≥ 1. Default 5. */
  readonly steps?: number
  /** How far the slow weights follow, in (0, 1]. Default 0.5. */
  readonly follow?: number
}

const schema = z.strictObject({
  optimizer: optimizerSchema,
  steps: z
    .int()
    .positive()
    .default(5)
    .meta({ description: 'Fast steps before the slow weights follow.', search: { type: 'int', low: 5, high: 10 } }),
  follow: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .meta({
      description: 'How far the slow weights follow, in (0, 1].',
      search: { type: 'float', low: 0.2, high: 0.8 },
    }),
})

/**
 * Every k-th step the slow weights φ go part of the way to the fast ones, which go on from there: `φ ← φ + α (p − φ)`, `p ← φ`. Evaluated and exported
 * are the slow weights, which start at the parameter. The optimizer's own slots stay as they are.
 *
 * Proximal maps and constraint come after the fast weights were set back, and the slow weights are the outcome, so both have exact
 * zeros and lie in the constraint's set. The effective step size is that of the optimizer, times α in every k-th step: the fixed points are
 * then those of the optimizer alone. Shapes: parameter and slow weights have the same shape.
 *
 * Throws an OptionError for steps < 1, an α outside (0, 1], or an optimizer that evaluates elsewhere than it trains.
 *
 * ```ts
 * lookahead(adamW(1e-3))
 * lookahead({ optimizer: sgd(0.1), steps: 6, follow: 0.8 })
 * ```
 *
 * Zhang, Lucas, Hinton & Ba, "Lookahead optimizer: k steps forward, 1 step back", NeurIPS 2019, algorithm 1.
 */
export function lookahead(given: Optimizer | LookaheadOptions): Optimizer {
  const options = parseOptions('lookahead', schema, withMainOption('optimizer', given))
  const { optimizer: inner, steps, follow } = options
  checkPlain('lookahead', inner)
  const starting = { at: (step: number) => (step === 0 ? 1 : 0) }
  const meeting = { at: (step: number) => ((step + 1) % steps === 0 ? 1 : 0) }
  return {
    kind: 'optimizer',
    name: 'lookahead',
    options,
    slots: withSlot(inner, 'slow'),
    update(call, scope) {
      const [slot, own] = taken(call.slots, 'slow')
      const update = inner.update({ ...call, slots: own }, scope)
      // The slot starts at 0; in the first step the parameter is added to it.
      const slow = add(slot, mul(call.parameter, scope.hyperparameter('starting', starting)))
      const back = mul(scope.hyperparameter('meeting', meeting), 1 - follow)
      return {
        parameter: add(mul(update.parameter, sub(1, back)), mul(slow, back)),
        slots: { ...update.slots, slow },
        ...(update.stepSize && { stepSize: mul(update.stepSize, sub(1, back)) }),
      }
    },
    finish(call, scope) {
      const [slow, own] = taken(call.update.slots, 'slow')
      const slots = inner.finish?.({ ...call, update: { ...call.update, slots: own } }, scope) ?? own
      const meets = scope.hyperparameter('meeting', meeting)
      return { ...slots, slow: add(mul(slow, sub(1, meets)), mul(call.parameter, meets)) }
    },
    evaluationParameter: (_, slots) => taken(slots, 'slow')[0],
  }
}
