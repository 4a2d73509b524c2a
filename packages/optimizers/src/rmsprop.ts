// RMSprop (Hinton 2012), also centred (Graves 2013) and with momentum.

import {
  add,
  div,
  maximum,
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
import { decayOption, epsilonOption, type LearningRateOption, learningRateOption, momentumOption } from './options.ts'
import { runningMean } from './running-mean.ts'

export interface RmspropOptions extends LearningRateOption {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.01, as in PyTorch (Keras: 0.001). */
  readonly learningRate?: number | Schedule
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.99. */
  readonly decay?: number
  /** How much of the velocity stays after each step, in [0, 1); a number or a schedule. Default 0. */
  readonly momentum?: number | Schedule
  /** Divides by the standard deviation of the gradients instead of their root mean square. Default false. */
  readonly centred?: boolean
  /** Added to the root, outside of it; > 0. Default 1e-8. */
  readonly epsilon?: number
}

const schema = z.strictObject({
  learningRate: learningRateOption(0.01, 1e-5, 1e-1),
  decay: decayOption(0.99, 'the mean of squared gradients', [0.8, 0.999]),
  momentum: momentumOption(0),
  centred: z.boolean().default(false).meta({ description: 'Divides by the standard deviation of the gradients.' }),
  epsilon: epsilonOption(1e-8),
})

/**
 * RMSprop: each element steps by its gradient, divided by the root of the mean of its squared gradients.
 *
 * `v ← α v + (1 − α) g²`, `r = √v`, `p ← p − lr · g / (r + ε)`. With `centred`, `m ← α m + (1 − α) g` and `r = √max(v − m², 0)`. With momentum
 * μ, `b ← μ b + g / (r + ε)` and `p ← p − lr · b`. Epsilon stands outside the root (PyTorch; Keras and TensorFlow: inside).
 *
 * The effective step size for proximal maps is `lr / ((1 − μ) (r + ε))`, elementwise: what a constant gradient is multiplied with once the
 * velocity has grown. Shapes: parameter, gradient and all slots have the same shape.
 *
 * Throws an OptionError for a negative learning rate, a decay or momentum outside [0, 1), or an epsilon ≤ 0.
 *
 * ```ts
 * rmsprop(1e-3)
 * rmsprop({ learningRate: cosine(1e-3), momentum: 0.9, centred: true })
 * ```
 *
 * Hinton, "Neural networks for machine learning", lecture 6e, 2012. Graves, "Generating sequences with recurrent neural networks", 2013,
 * equations 38 to 41, without their mixing of momentum and ε inside the root.
 */
export function rmsprop(given: number | Schedule | RmspropOptions = {}): Optimizer {
  const options = parseOptions('rmsprop', schema, withMainOption('learningRate', given))
  const { centred, momentum } = options
  return {
    kind: 'optimizer',
    name: 'rmsprop',
    options,
    slots: ({ shape }) => ({
      squareMean: { shape, initial: 0 },
      ...(centred && { gradientMean: { shape, initial: 0 } }),
      ...(momentum !== 0 && { velocity: { shape, initial: 0 } }),
    }),
    update({ parameter, gradient, slots: { squareMean, gradientMean, velocity } }, scope) {
      const rate = scope.hyperparameter('learningRate', options.learningRate)
      const decay = scope.hyperparameter('decay', options.decay)
      const square = runningMean(squareMean as Tensor, mul(gradient, gradient), decay)
      const mean = gradientMean && runningMean(gradientMean, gradient, decay)
      // The difference of two nearly equal means may be negative by rounding.
      const spread = mean === undefined ? square : maximum(sub(square, mul(mean, mean)), 0)
      const denominator = add(sqrt(spread), scope.hyperparameter('epsilon', options.epsilon))
      const means = { squareMean: square, ...(mean && { gradientMean: mean }) }
      if (velocity === undefined) {
        const stepSize = div(rate, denominator)
        return { parameter: sub(parameter, mul(gradient, stepSize)), slots: means, stepSize }
      }
      const kept = scope.hyperparameter('momentum', momentum)
      const next = add(mul(velocity, kept), div(gradient, denominator))
      return {
        parameter: sub(parameter, mul(next, rate)),
        slots: { ...means, velocity: next },
        stepSize: div(div(rate, sub(1, kept)), denominator),
      }
    },
  }
}
