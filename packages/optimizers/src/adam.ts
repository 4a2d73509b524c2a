// Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019): steps scaled by running means of gradients and of their squares.

import {
  add,
  div,
  hyperparameterSchema,
  mul,
  type Optimizer,
  type ParameterInfo,
  type ParameterRole,
  parseOptions,
  type Schedule,
  type Scope,
  sqrt,
  sub,
  type Tensor,
  type Update,
  type UpdateCall,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'

export interface AdamOptions {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.001. */
  readonly learningRate?: number | Schedule
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number
  /** Added to the root, outside of it; > 0. Default 1e-8. */
  readonly epsilon?: number
}

export interface AdamWOptions extends AdamOptions {
  /** Part of a parameter that a step of learning rate 1 takes away, ≥ 0; a number or a schedule. Default 0.01. */
  readonly weightDecay?: number | Schedule
  /** The roles of the parameters that decay. Default 'all', as in PyTorch; `['kernel']` spares biases and normalization. */
  readonly decayRoles?: 'all' | readonly ParameterRole[]
  /** Regular expressions; of the parameters with such a role, those whose name one of them matches decay. Default: all names. */
  readonly decayNames?: readonly string[] | undefined
}

const beta = z.number().nonnegative().lt(1)

const adamSchema = z.strictObject({
  learningRate: hyperparameterSchema(z.number().nonnegative())
    .default(1e-3)
    .meta({
      description: 'Size of a step; a number ≥ 0 or a schedule.',
      search: { type: 'float', low: 1e-5, high: 1e-1, log: true },
    }),
  beta1: beta.default(0.9).meta({
    description: 'Decay of the mean of gradients, in [0, 1).',
    search: { type: 'float', low: 0.8, high: 0.95 },
  }),
  beta2: beta.default(0.999).meta({
    description: 'Decay of the mean of squared gradients, in [0, 1).',
    search: { type: 'float', low: 0.9, high: 0.9999 },
  }),
  epsilon: z.number().positive().default(1e-8).meta({ description: 'Added to the root, outside of it; > 0.' }),
})

const roles = z.enum(['kernel', 'bias', 'scale', 'shift', 'embedding'] satisfies ParameterRole[])

const adamWSchema = adamSchema.extend({
  weightDecay: hyperparameterSchema(z.number().nonnegative())
    .default(0.01)
    .meta({
      description: 'Part of a parameter that a step of learning rate 1 takes away; a number ≥ 0 or a schedule.',
      search: { type: 'float', low: 1e-4, high: 1, log: true },
    }),
  decayRoles: z
    .union([z.literal('all'), z.array(roles).readonly()], { error: `'all', or a list of ${roles.options.join(', ')}` })
    .default('all')
    .meta({ description: "The roles of the parameters that decay, or 'all'." }),
  decayNames: z
    .array(z.string().refine(isPattern, { error: 'a regular expression' }))
    .readonly()
    .optional()
    .meta({ description: 'Regular expressions for the names of the parameters that decay.' }),
})

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== undefined
  } catch {
    return false
  }
}

type Moments = Readonly<Record<'gradientSum' | 'squareSum', Tensor>>

/**
 * The update that both share: of one parameter, which is multiplied by `decay` (a scalar) where that is given.
 *
 * The slots hold M = Σ β₁ᵏ g and V = Σ β₂ᵏ g², the moments of the paper divided by 1 − β, because M ← β₁M + g is one pass over memory
 * less than m ← β₁m + (1 − β₁)g. Then m̂ = M / Σβ₁ᵏ and v̂ = V / Σβ₂ᵏ. The two sums depend on the step alone and are computed on the
 * host: with r = √Σβ₂ᵏ, the step lr · m̂ / (√v̂ + ε) is lr · (r / Σβ₁ᵏ) · M / (√V + ε r).
 */
function adamUpdate(options: z.output<typeof adamSchema>): (call: UpdateCall, scope: Scope, decay?: Tensor) => Update {
  // The program multiplies with float32 betas; the sums have to be those of the same numbers.
  const [beta1, beta2] = [Math.fround(options.beta1), Math.fround(options.beta2)]
  const root = { at: (step: number) => Math.sqrt(sumOfPowers(beta2, step)) }
  const correction = { at: (step: number) => root.at(step) / sumOfPowers(beta1, step) }
  return ({ parameter, gradient, slots }, scope, decay) => {
    const { gradientSum, squareSum } = slots as Moments
    const rate = scope.hyperparameter('learningRate', options.learningRate)
    const rootNow = scope.hyperparameter('root', root)
    const first = add(mul(gradientSum, scope.hyperparameter('beta1', beta1)), gradient)
    const second = add(mul(squareSum, scope.hyperparameter('beta2', beta2)), mul(gradient, gradient))
    const denominator = add(sqrt(second), mul(scope.hyperparameter('epsilon', options.epsilon), rootNow))
    const factor = mul(rate, scope.hyperparameter('correction', correction))
    return {
      parameter: sub(decay === undefined ? parameter : mul(parameter, decay), mul(div(first, denominator), factor)),
      slots: { gradientSum: first, squareSum: second },
      stepSize: div(mul(rate, rootNow), denominator),
    }
  }
}

/** 1 + β + β² + … + βˢᵗᵉᵖ */
function sumOfPowers(beta: number, step: number): number {
  return beta === 1 ? step + 1 : (1 - beta ** (step + 1)) / (1 - beta)
}

const slots: Optimizer['slots'] = ({ shape }) => ({
  gradientSum: { shape, initial: 0 },
  squareSum: { shape, initial: 0 },
})

/**
 * Adam: each element steps by the mean of its gradients, divided by the root of the mean of their squares.
 *
 * `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `p ← p − lr · m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)`, t counted
 * from 1. Epsilon stands outside the root (algorithm 1 of the paper, PyTorch, Keras). The betas cannot be scheduled.
 *
 * The effective step size for proximal maps is `lr / (√v̂ + ε)`, elementwise: m̂ = g under a constant gradient g (ProxGen: Yun, Lozano
 * & Yang 2021, algorithm 1).
 *
 * Shapes: parameter, gradient and both moments have the same shape. The slots keep the moments divided by 1 − β.
 *
 * Throws an OptionError for a negative learning rate, a beta outside [0, 1) or an epsilon ≤ 0.
 *
 * ```ts
 * adam()
 * adam(3e-4)
 * adam({ learningRate: cosine(1e-3), beta2: 0.99 })
 * ```
 *
 * Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015.
 */
export function adam(given: number | Schedule | AdamOptions = {}): Optimizer {
  const options = parseOptions('adam', adamSchema, withMainOption('learningRate', given))
  const update = adamUpdate(options)
  return { kind: 'optimizer', name: 'adam', options, slots, update: (call, scope) => update(call, scope) }
}

/**
 * Adam with decoupled weight decay: `p ← p − lr · λ · p − lr · m̂ / (√v̂ + ε)`, moments as in `adam`. The decay is no part of the
 * gradient, so it is not divided by the root; and it follows the schedule of the learning rate, as in PyTorch.
 *
 * Which parameters decay: all of them by default, as in PyTorch; `decayRoles: ['kernel', 'embedding']` spares biases and
 * normalization, `decayNames: ['^encoder\\.']` all but the encoder. Shapes and the effective step size as for `adam`.
 *
 * Throws an OptionError for a negative learning rate or decay, a beta outside [0, 1), an epsilon ≤ 0 or an unknown role.
 *
 * ```ts
 * adamW({ learningRate: cosine(1e-3), weightDecay: 0.05, decayRoles: ['kernel'] })
 * ```
 *
 * Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2, with PyTorch's convention that the decay is
 * multiplied by the learning rate.
 */
export function adamW(given: number | Schedule | AdamWOptions = {}): Optimizer {
  const options = parseOptions('adamW', adamWSchema, withMainOption('learningRate', given))
  const { learningRate, weightDecay, decayRoles, decayNames } = options
  const patterns = decayNames?.map((text) => new RegExp(text))
  const decays = ({ role, name }: ParameterInfo) =>
    (decayRoles === 'all' || decayRoles.includes(role)) && (patterns?.some((pattern) => pattern.test(name)) ?? true)
  const update = adamUpdate(options)
  return {
    kind: 'optimizer',
    name: 'adamW',
    options,
    slots,
    update(call, scope) {
      if (!decays(call.info)) return update(call, scope)
      const lost = mul(
        scope.hyperparameter('learningRate', learningRate),
        scope.hyperparameter('weightDecay', weightDecay),
      )
      return update(call, scope, sub(1, lost))
    },
  }
}
