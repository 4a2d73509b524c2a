// Running sums of gradients and of their squares, and the step that Adam and its kin take from them (Kingma & Ba 2015).

import {
  add,
  div,
  maximum,
  mul,
  type Optimizer,
  type Schedule,
  type Scope,
  sqrt,
  sub,
  type Tensor,
  type Update,
  type UpdateCall,
} from '@gradwerk/core'
import type { z } from 'zod'
import { decayOption, epsilonOption, type LearningRateOption, learningRateOption } from './options.ts'

export interface AdamOptions extends LearningRateOption {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.001. */
  readonly learningRate?: number | Schedule
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number
  /** Added to the root, outside of it; > 0. Default 1e-8. */
  readonly epsilon?: number
}

type AdamShape = {
  readonly learningRate: ReturnType<typeof learningRateOption>
  readonly beta1: ReturnType<typeof decayOption>
  readonly beta2: ReturnType<typeof decayOption>
  readonly epsilon: ReturnType<typeof epsilonOption>
}

export const adamShape: AdamShape = {
  learningRate: learningRateOption(1e-3, 1e-5, 1e-1),
  beta1: decayOption(0.9, 'the mean of gradients', [0.8, 0.95]),
  beta2: decayOption(0.999, 'the mean of squared gradients', [0.9, 0.9999]),
  epsilon: epsilonOption(1e-8),
}

type ParsedAdam = z.output<z.ZodObject<AdamShape>>

export type Moments = Readonly<Record<'gradientSum' | 'squareSum', Tensor>>

/**
 * The update that Adam's kin share: of one parameter, of which the part `lr · decay` is lost where a decay (a scalar) is given. With
 * `largest` the divisor is made of the largest V so far (AMSGrad).
 *
 * The slots hold M = Σ β₁ᵏ g and V = Σ β₂ᵏ g², the moments of the paper divided by 1 − β, because M ← β₁M + g is one pass over memory
 * less than m ← β₁m + (1 − β₁)g. Then m̂ = M / Σβ₁ᵏ and v̂ = V / Σβ₂ᵏ. The two sums depend on the step alone and are computed on the
 * host: with r = √Σβ₂ᵏ, the step lr · m̂ / (√v̂ + ε) is lr · (r / Σβ₁ᵏ) · M / (√V + ε r).
 */
export function adamUpdate(
  options: ParsedAdam,
  largest = false,
): (call: UpdateCall, scope: Scope, decay?: Tensor) => Update {
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
    const divisor = largest ? maximum(slots['largestSquareSum'] as Tensor, second) : second
    const denominator = add(sqrt(divisor), mul(scope.hyperparameter('epsilon', options.epsilon), rootNow))
    const factor = mul(rate, scope.hyperparameter('correction', correction))
    const kept = decay === undefined ? parameter : mul(parameter, sub(1, mul(rate, decay)))
    return {
      parameter: sub(kept, mul(div(first, denominator), factor)),
      slots: { gradientSum: first, squareSum: second, ...(largest && { largestSquareSum: divisor }) },
      stepSize: div(mul(rate, rootNow), denominator),
    }
  }
}

/** 1 + β + β² + … + βˢᵗᵉᵖ */
export function sumOfPowers(beta: number, step: number): number {
  return beta === 1 ? step + 1 : (1 - beta ** (step + 1)) / (1 - beta)
}

export const momentSlots: Optimizer['slots'] = ({ shape }) => ({
  gradientSum: { shape, initial: 0 },
  squareSum: { shape, initial: 0 },
})
