// Stochastic gradient descent: plain, with heavy-ball momentum (Polyak 1964), or with Nesterov's (Sutskever et al. 2013).

import {
  add,
  div,
  hyperparameterSchema,
  mul,
  type Optimizer,
  parseOptions,
  type Schedule,
  sub,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'

export interface MomentumOptions {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.01. */
  readonly learningRate?: number | Schedule
  /** How much of the velocity stays after each step, in [0, 1). Default 0 for `sgd`, 0.9 for its presets. */
  readonly momentum?: number
}

export interface SgdOptions extends MomentumOptions {
  /** Looks ahead along the velocity; needs momentum > 0. Default false. */
  readonly nesterov?: boolean
}

const momentumOption = z
  .number()
  .nonnegative()
  .lt(1)
  .default(0.9)
  .meta({
    description: 'How much of the velocity stays after each step, in [0, 1).',
    search: { type: 'float', low: 0.5, high: 0.99 },
  })

const momentumSchema = z.strictObject({
  learningRate: hyperparameterSchema(z.number().nonnegative())
    .default(0.01)
    .meta({
      description: 'Size of a step; a number ≥ 0 or a schedule.',
      search: { type: 'float', low: 1e-3, high: 1, log: true },
    }),
  momentum: momentumOption,
})

const sgdSchema = momentumSchema
  .extend({
    momentum: z
      .number()
      .nonnegative()
      .lt(1)
      .default(0)
      .meta({ description: 'How much of the velocity stays after each step, in [0, 1).' }),
    nesterov: z.boolean().default(false).meta({ description: 'Looks ahead along the velocity; needs momentum > 0.' }),
  })
  .refine(({ momentum, nesterov }) => !nesterov || momentum > 0, {
    path: ['momentum'],
    error: 'a momentum > 0 for nesterov',
  })

/** Slots and update for parsed options. */
function descent(
  { learningRate, momentum }: z.output<typeof momentumSchema>,
  lookAhead: boolean,
): Pick<Optimizer, 'slots' | 'update'> {
  return {
    slots: ({ shape }) => (momentum > 0 ? { velocity: { shape, initial: 0 } } : {}),
    update({ parameter, gradient, slots: { velocity } }, scope) {
      const rate = scope.hyperparameter('learningRate', learningRate)
      if (velocity === undefined) return { parameter: sub(parameter, mul(gradient, rate)), slots: {}, stepSize: rate }
      const kept = scope.hyperparameter('momentum', momentum)
      const next = add(mul(velocity, kept), gradient)
      const direction = lookAhead ? add(mul(next, kept), gradient) : next
      return {
        parameter: sub(parameter, mul(direction, rate)),
        slots: { velocity: next },
        stepSize: div(rate, sub(1, kept)),
      }
    },
  }
}

/**
 * Stochastic gradient descent.
 *
 * With momentum μ = 0: `p ← p − lr · g`. Otherwise, in PyTorch's convention (the learning rate is applied to the velocity):
 * `v ← μ v + g`, then `p ← p − lr · v`, or with `nesterov` `p ← p − lr · (g + μ v)`. The velocity starts at 0.
 *
 * The effective step size for proximal maps is `lr / (1 − μ)`: under a constant gradient g the velocity becomes g / (1 − μ) in
 * both forms, so each step changes the parameter by lr / (1 − μ) · g. With another step size the fixed points of "step, then
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
  const options = parseOptions('sgd', sgdSchema, withMainOption('learningRate', given))
  return { kind: 'optimizer', name: 'sgd', options, ...descent(options, options.nesterov) }
}

/**
 * `sgd` with heavy-ball momentum, 0.9 by default: `v ← μ v + g`, `p ← p − lr · v`.
 *
 * Shapes, effective step size and errors as for `sgd`.
 *
 * ```ts
 * momentum(0.05)
 * momentum({ learningRate: cosine(0.05), momentum: 0.95 })
 * ```
 */
export function momentum(given: number | Schedule | MomentumOptions = {}): Optimizer {
  const options = parseOptions('momentum', momentumSchema, withMainOption('learningRate', given))
  return { kind: 'optimizer', name: 'momentum', options, ...descent(options, false) }
}

/**
 * `sgd` with Nesterov's momentum, 0.9 by default: `v ← μ v + g`, `p ← p − lr · (g + μ v)`.
 *
 * Shapes, effective step size and errors as for `sgd`.
 *
 * ```ts
 * nesterov(0.05)
 * ```
 */
export function nesterov(given: number | Schedule | MomentumOptions = {}): Optimizer {
  const options = parseOptions('nesterov', momentumSchema, withMainOption('learningRate', given))
  return { kind: 'optimizer', name: 'nesterov', options, ...descent(options, true) }
}
