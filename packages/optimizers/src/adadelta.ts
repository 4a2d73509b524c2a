// Adadelta (Zeiler 2012): steps as large as past steps, per size of gradient.

import {
  add,
  div,
  mul,
  type Optimizer,
  parseOptions,
  type Schedule,
  sqrt,
  sub,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { decayOption, epsilonOption, type LearningRateOption, learningRateOption } from './options.ts'
import { runningMean } from './running-mean.ts'

export interface AdadeltaOptions extends LearningRateOption {
  /** Factor of the step, ≥ 0; a number or a schedule. Default 1, as in the paper. */
  readonly learningRate?: number | Schedule
  /** Decay of both means, in [0, 1). Default 0.9. */
  readonly decay?: number
  /** Added inside both roots; > 0. Default 1e-6. */
  readonly epsilon?: number
}

const schema = z.strictObject({
  learningRate: learningRateOption(1, 1e-2, 10),
  decay: decayOption(0.9, 'both means', [0.8, 0.99]),
  epsilon: epsilonOption(1e-6, 'the mean inside both roots'),
})

/**
 * Adadelta: the root of the mean of squared steps, divided by the root of the mean of squared gradients, is the learning rate.
 *
 * `s ← ρ s + (1 − ρ) g²`, `Δ = √(d + ε) / √(s + ε) · g`, `d ← ρ d + (1 − ρ) Δ²`, `p ← p − lr · Δ`. Epsilon stands inside both roots; d
 * starts at 0, so ε decides how large the first steps are.
 *
 * The effective step size for proximal maps is `lr · √(d + ε) / √(s + ε)`, elementwise. Shapes: parameter, gradient and both means have
 * the same shape.
 *
 * Throws an OptionError for a negative learning rate, a decay outside [0, 1) or an epsilon ≤ 0.
 *
 * ```ts
 * adadelta()
 * ```
 *
 * Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1.
 */
export function adadelta(given: number | Schedule | AdadeltaOptions = {}): Optimizer {
  const options = parseOptions('adadelta', schema, withMainOption('learningRate', given))
  return {
    kind: 'optimizer',
    name: 'adadelta',
    options,
    slots: ({ shape }) => ({ squareMean: { shape, initial: 0 }, stepMean: { shape, initial: 0 } }),
    update({ parameter, gradient, slots }, scope) {
      const decay = scope.hyperparameter('decay', options.decay)
      const epsilon = scope.hyperparameter('epsilon', options.epsilon)
      const squareMean = runningMean(slots['squareMean'] as Tensor, mul(gradient, gradient), decay)
      const past = slots['stepMean'] as Tensor
      const ratio = div(sqrt(add(past, epsilon)), sqrt(add(squareMean, epsilon)))
      const step = mul(gradient, ratio)
      const rate = scope.hyperparameter('learningRate', options.learningRate)
      return {
        parameter: sub(parameter, mul(step, rate)),
        slots: { squareMean, stepMean: runningMean(past, mul(step, step), decay) },
        stepSize: mul(ratio, rate),
      }
    },
  }
}
