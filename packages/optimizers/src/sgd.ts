// Stochastic gradient descent, plain, with heavy-ball momentum (Polyak 1964) or with Nesterov's (Sutskever et al. 2013).

import { add, div, hyperparameterSchema, mul, type Optimizer, parseOptions, type Schedule, sub } from '@gradwerk/core'
import { z } from 'zod'
import { withMainOption } from './main-option.ts'

export interface SgdOptions {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.01. */
  readonly learningRate?: number | Schedule
  /** How much of the velocity stays after each step, in [0, 1). Default 0: no velocity is kept. */
  readonly momentum?: number
  /** Looks ahead along the velocity; needs momentum. Default false. */
  readonly nesterov?: boolean
}

const schema = z
  .strictObject({
    learningRate: hyperparameterSchema(z.number().nonnegative())
      .default(0.01)
      .meta({
        description: 'Size of a step; a number ≥ 0 or a schedule.',
        search: { type: 'float', low: 1e-3, high: 1, log: true },
      }),
    momentum: z
      .number()
      .nonnegative()
      .lt(1)
      .default(0)
      .meta({
        description: 'How much of the velocity stays after each step, in [0, 1).',
        search: { type: 'float', low: 0, high: 0.99 },
      }),
    nesterov: z.boolean().default(false).meta({ description: 'Looks ahead along the velocity; needs momentum > 0.' }),
  })
  .refine(({ momentum, nesterov }) => !nesterov || momentum > 0, {
    path: ['momentum'],
    error: 'a momentum > 0 for nesterov',
  })

/**
 * Stochastic gradient descent.
 *
 * With momentum μ = 0: `p ← p − lr · g`. Otherwise, PyTorch's convention (the learning rate is applied to the velocity):
 * `v ← μ v + g`, then `p ← p − lr · v`, or with `nesterov` `p ← p − lr · (g + μ v)`. The velocity starts at 0.
 *
 * The effective step size for proximal maps is `lr / (1 − μ)`: under a constant gradient g the velocity becomes g / (1 − μ) in
 * both forms, so each step changes the parameter by lr / (1 − μ) · g. With any other step size the fixed points of "step, then
 * proximal map" would not be the minimizers of loss + penalty.
 *
 * Shapes: parameter, gradient and velocity have the same shape.
 *
 * Throws an OptionError for a negative learning rate, a momentum outside [0, 1), or `nesterov` without momentum.
 *
 * ```ts
 * sgd(0.1)
 * sgd({ learningRate: cosine(0.1), momentum: 0.9, nesterov: true })
 * ```
 *
 * Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. Sutskever, Martens, Dahl & Hinton, "On the
 * importance of initialization and momentum in deep learning", 2013, in the form of PyTorch's `torch.optim.SGD` without dampening.
 */
export function sgd(given: number | Schedule | SgdOptions = {}): Optimizer {
  const options = parseOptions('sgd', schema, withMainOption('learningRate', given))
  const { learningRate, momentum, nesterov } = options
  const heavy = momentum > 0
  return {
    kind: 'optimizer',
    name: 'sgd',
    options,
    slots: ({ shape }) => (heavy ? { velocity: { shape, initial: 0 } } : {}),
    update({ parameter, gradient, slots: { velocity } }, scope) {
      const rate = scope.hyperparameter('learningRate', learningRate)
      if (velocity === undefined) return { parameter: sub(parameter, mul(gradient, rate)), slots: {}, stepSize: rate }
      const kept = scope.hyperparameter('momentum', momentum)
      const next = add(mul(velocity, kept), gradient)
      const direction = nesterov ? add(mul(next, kept), gradient) : next
      return {
        parameter: sub(parameter, mul(direction, rate)),
        slots: { velocity: next },
        stepSize: div(rate, sub(1, kept)),
      }
    },
  }
}
