// Averages of the weights along a run: exponential (Polyak & Juditsky 1992, as used since), and stochastic weight averaging (Izmailov et al. 2018).

import { add, type Hyperparameter, mul, type Optimizer, parseOptions, sub, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { sumOfPowers } from '../moments.ts'
import { decayOption } from '../options.ts'
import { type Span, spanSchema, stepsOf } from '../span.ts'
import { checkPlain, optimizerSchema, taken, withSlot } from './wrapper.ts'

export interface EmaOptions {
  /** The optimizer that makes the steps. */
  readonly optimizer: Optimizer
  /** How much of the average stays after each step, in [0, 1). Default 0.999. */
  readonly decay?: number
}

export interface SwaOptions {
  /** The optimizer that makes the steps. */
  readonly optimizer: Optimizer
  /** The step from which on weights are averaged, ≥ 1, or a fraction of the run. Default 0.75. */
  readonly start?: Span
  /** Steps between two weights that enter the average, ≥ 1, or a fraction of the run. Default 1; the paper takes an epoch. */
  readonly every?: Span
}

const emaSchema = z.strictObject({
  optimizer: optimizerSchema,
  decay: decayOption(0.999, 'the average', [0.9, 0.9999]),
})

const swaSchema = z.strictObject({
  optimizer: optimizerSchema,
  start: spanSchema('The step from which on weights are averaged, or a fraction of the run.').default(0.75),
  every: spanSchema('Steps between two weights that enter the average, or a fraction of the run.').default(1),
})

/** An optimizer whose average is `a ← (1 − w) a + w p`, with p the parameter as the step leaves it. */
function averaging(
  who: string,
  inner: Optimizer,
  weight: Hyperparameter,
): Omit<Optimizer, 'kind' | 'name' | 'options'> {
  checkPlain(who, inner)
  return {
    slots: withSlot(inner, 'average'),
    update(call, scope) {
      const [average, slots] = taken(call.slots, 'average')
      const update = inner.update({ ...call, slots }, scope)
      return { ...update, slots: { ...update.slots, average } }
    },
    finish(call, scope) {
      const [average, own] = taken(call.update.slots, 'average')
      const slots = inner.finish?.({ ...call, update: { ...call.update, slots: own } }, scope) ?? own
      const now = scope.hyperparameter('averageWeight', weight)
      return { ...slots, average: add(mul(average, sub(1, now)), mul(call.parameter, now)) }
    },
    evaluationParameter: (_, slots) => taken(slots, 'average')[0],
  }
}

/**
 * Trains as an optimizer does, and evaluates and exports with an exponential moving average of the parameters.
 *
 * `a ← (1 − w) a + w p` after every step, with `w = (1 − β) / (1 − βᵗ)`: a weighted mean of all parameters so far, as Adam's moments are, and not pulled
 * to the initial ones. p is the parameter after proximal map and constraint; the constraint is applied to the average again. A weight is
 * exactly 0 in the average only where it was 0 in all steps.
 *
 * Shapes: parameter and average have the same shape. The effective step size is that of the optimizer. The average is a slot: with
 * `earlyStopping` take `restoreSlots: true`. Layers' statistics belong to the trained parameters: recompute them where it matters.
 *
 * Throws an OptionError for a decay outside [0, 1), or an optimizer that averages by itself.
 *
 * ```ts
 * ema(adamW(1e-3))
 * ema({ optimizer: sgd(0.1), decay: 0.99 })
 * ```
 *
 * Polyak & Juditsky, "Acceleration of stochastic approximation by averaging", 1992; with exponential weights as in Tarvainen & Valpola 2017.
 */
export function ema(given: Optimizer | EmaOptions): Optimizer {
  const options = parseOptions('ema', emaSchema, withMainOption('optimizer', given))
  const { optimizer, decay } = options
  const weight = { at: (step: number) => 1 / sumOfPowers(decay, step) }
  return { kind: 'optimizer', name: 'ema', options, ...averaging('ema', optimizer, weight) }
}

/**
 * Stochastic weight averaging: trains as an optimizer does, and evaluates and exports with the plain mean of the parameters that it passes
 * late in the run.
 *
 * From step `start` on every `every`-th parameter (after proximal map and constraint) enters: `a ← a + (p − a) / n`. Until then a is p. Give the
 * optimizer a learning rate that stays high or goes in cycles: `piecewise({ parts: [cosine({ from: 0.1, to: 0.05 }), 0.05], boundaries: [0.75] })`.
 *
 * Running statistics of batch normalization are those of the trained parameters: recompute them for the mean, as the paper does. Shapes,
 * effective step size and early stopping as for `ema`.
 *
 * Throws an OptionError for a start or interval that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1), or an optimizer that averages
 * by itself.
 *
 * ```ts
 * swa({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), start: 0.75, every: 469 })
 * ```
 *
 * Izmailov, Podoprikhin, Garipov, Vetrov & Wilson, "Averaging weights leads to wider optima and better generalization", UAI 2018, algorithm 1.
 */
export function swa(given: Optimizer | SwaOptions): Optimizer {
  const options = parseOptions('swa', swaSchema, withMainOption('optimizer', given))
  const { optimizer, start, every } = options
  const weight = {
    at(step: number, total: number) {
      const since = step - stepsOf(start, total)
      if (since < 0) return 1
      const interval = stepsOf(every, total)
      return since % interval === 0 ? 1 / (since / interval + 1) : 0
    },
  }
  return { kind: 'optimizer', name: 'swa', options, ...averaging('swa', optimizer, weight) }
}
