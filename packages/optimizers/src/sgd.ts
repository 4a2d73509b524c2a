// Stochastic gradient descent: plain, with heavy-ball momentum (Polyak 1964), or with Nesterov's (Sutskever et al. 2013).

import { add, div, mul, type Optimizer, parseOptions, type Schedule, sub, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { learningRateOption, momentumOption } from './options.ts'

export interface MomentumOptions {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.01. */
  readonly learningRate?: number | Schedule
  /** How much of the velocity stays after each step, in [0, 1); a number or a schedule. Default 0 for `sgd`, 0.9 for its presets. */
  readonly momentum?: number | Schedule
}

export interface SgdOptions extends MomentumOptions {
  /** Looks ahead along the velocity; needs momentum > 0. Default false. */
  readonly nesterov?: boolean
  /** Part of the gradient that does not enter the velocity, in [0, 1); the first gradient enters whole. Default 0. */
  readonly dampening?: number
}

const learningRate = learningRateOption(0.01, 1e-3, 1)

const momentumSchema = z.strictObject({ learningRate, momentum: momentumOption(0.9, [0.5, 0.99]) })

const sgdSchema = z
  .strictObject({
    learningRate,
    momentum: momentumOption(0),
    nesterov: z.boolean().default(false).meta({ description: 'Looks ahead along the velocity; needs momentum > 0.' }),
    dampening: z
      .number()
      .nonnegative()
      .lt(1)
      .default(0)
      .meta({ description: 'Part of the gradient that does not enter the velocity, in [0, 1).' }),
  })
  .refine(({ momentum, nesterov }) => !nesterov || momentum !== 0, {
    path: ['momentum'],
    error: 'a momentum > 0 for nesterov',
  })
  .refine(({ dampening, nesterov }) => !nesterov || dampening === 0, {
    path: ['dampening'],
    error: '0 for nesterov, which is not defined with dampening',
  })

/** Slots and update for parsed options. */
function descent(
  { learningRate, momentum }: z.output<typeof momentumSchema>,
  lookAhead: boolean,
  dampening = 0,
): Pick<Optimizer, 'slots' | 'update'> {
  const entering = { at: (step: number) => (step === 0 ? 1 : 1 - dampening) }
  return {
    slots: ({ shape }) => (momentum === 0 ? {} : { velocity: { shape, initial: 0 } }),
    update({ parameter, gradient, slots: { velocity } }, scope) {
      const rate = scope.hyperparameter('learningRate', learningRate)
      if (velocity === undefined) return { parameter: sub(parameter, mul(gradient, rate)), slots: {}, stepSize: rate }
      const kept = scope.hyperparameter('momentum', momentum)
      const part = dampening === 0 ? undefined : scope.hyperparameter('entering', entering)
      const next = add(mul(velocity, kept), part === undefined ? gradient : mul(gradient, part))
      const direction = lookAhead ? add(mul(next, kept), gradient) : next
      const size = div(rate, sub(1, kept))
      return {
        parameter: sub(parameter, mul(direction, rate)),
        slots: { velocity: next },
        stepSize: part === undefined ? size : mul(size, part),
      }
    },
  }
}

/**
 * Stochastic gradient descent.
 *
 * With momentum μ = 0: `p ← p − lr · g`. Otherwise, in PyTorch's convention (the learning rate is applied to the velocity):
 * `v ← μ v + g`, then `p ← p − lr · v`, or with `nesterov` `p ← p − lr · (g + μ v)`. The velocity starts at 0. With a dampening τ,
 * `v ← μ v + (1 − τ) g` after the first step.
 *
 * The effective step size for proximal maps is `lr / (1 − μ)` (times 1 − τ): under a constant gradient g the velocity becomes g / (1 − μ) in
 * both forms, so each step changes the parameter by lr / (1 − μ) · g. With another step size the fixed points of "step, then
 * proximal map" would not be the minimizers of loss + penalty. While a schedule changes the momentum this is the size that the momentum
 * of the moment goes to.
 *
 * Shapes: parameter, gradient and velocity have the same shape.
 *
 * Throws an OptionError for a negative learning rate, a momentum or dampening outside [0, 1), or `nesterov` without momentum or with dampening.
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
  return { kind: 'optimizer', name: 'sgd', options, ...descent(options, options.nesterov, options.dampening) }
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
