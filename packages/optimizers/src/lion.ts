// Lion (Chen et al. 2023): steps by the sign of a momentum.

import {
  mul,
  type Optimizer,
  parseOptions,
  type Schedule,
  sign,
  sub,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { decayOption, type LearningRateOption, learningRateOption } from './options.ts'
import { runningMean } from './running-mean.ts'
import { decayOf, type WeightDecayOptions, weightDecayShape } from './weight-decay.ts'

/** `weightDecay` is 0 unless told otherwise. */
export interface LionOptions extends LearningRateOption, WeightDecayOptions {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.0001: 3 to 10 times less than for Adam. */
  readonly learningRate?: number | Schedule
  /** How much of the momentum is in the direction of a step, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** Decay of the momentum, in [0, 1). Default 0.99. */
  readonly beta2?: number
}

const schema = z.strictObject({
  learningRate: learningRateOption(1e-4, 1e-6, 1e-2),
  beta1: decayOption(0.9, 'the momentum, as far as the direction of a step is concerned', [0.8, 0.98]),
  beta2: decayOption(0.99, 'the momentum', [0.9, 0.999]),
  ...weightDecayShape(0),
})

/**
 * Lion: every element steps by the learning rate, against the sign of a mean of its gradients.
 *
 * `c = β₁ m + (1 − β₁) g`, `p ← p − lr · λ · p − lr · sign(c)`, `m ← β₂ m + (1 − β₂) g`. The decay is decoupled and follows the learning rate.
 *
 * It has no effective step size for proximal maps: how far it goes does not depend on how large a gradient is. Shapes: parameter, gradient
 * and momentum have the same shape.
 *
 * Throws an OptionError for a negative learning rate or decay, a beta outside [0, 1) or an unknown role.
 *
 * ```ts
 * lion({ learningRate: cosine(1e-4), weightDecay: 1 })
 * ```
 *
 * Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, program 1.
 */
export function lion(given: number | Schedule | LionOptions = {}): Optimizer {
  const options = parseOptions('lion', schema, withMainOption('learningRate', given))
  const decay = decayOf(options)
  return {
    kind: 'optimizer',
    name: 'lion',
    options,
    slots: ({ shape }) => ({ momentum: { shape, initial: 0 } }),
    update({ parameter, gradient, slots, info }, scope) {
      const momentum = slots['momentum'] as Tensor
      const rate = scope.hyperparameter('learningRate', options.learningRate)
      const direction = sign(runningMean(momentum, gradient, scope.hyperparameter('beta1', options.beta1)))
      const lost = options.weightDecay === 0 ? undefined : decay(info, scope)
      const kept = lost === undefined ? parameter : mul(parameter, sub(1, mul(rate, lost)))
      return {
        parameter: sub(kept, mul(direction, rate)),
        slots: { momentum: runningMean(momentum, gradient, scope.hyperparameter('beta2', options.beta2)) },
      }
    },
  }
}
