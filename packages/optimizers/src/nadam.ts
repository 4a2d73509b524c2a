// NAdam (Dozat 2016): Adam that looks ahead along its momentum, as Nesterov's does.

import { add, div, mul, type Optimizer, parseOptions, type Schedule, sqrt, sub, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type AdamOptions, adamShape, type Moments, momentSlots, sumOfPowers } from './moments.ts'
import { learningRateOption } from './options.ts'

export interface NadamOptions extends AdamOptions {
  /** ψ ≥ 0: how fast the momentum rises from β₁ / 2 to β₁. Default 0.004. */
  readonly momentumDecay?: number
}

const schema = z.strictObject({
  ...adamShape,
  learningRate: learningRateOption(2e-3, 1e-5, 1e-1),
  momentumDecay: z
    .number()
    .nonnegative()
    .default(0.004)
    .meta({ description: 'How fast the momentum rises from half of beta1 to beta1; ≥ 0.' }),
})

/** μ₁, μ₂, … and their products, which a step needs up to the one after it; kept, as each follows from the one before. */
function momenta(beta1: number, decay: number): (t: number) => { mu: number; product: number } {
  const products = [1]
  const muAt = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * decay))
  return (t) => {
    for (let i = products.length; i <= t; i++) products.push((products[i - 1] as number) * muAt(i))
    return { mu: muAt(t), product: products[t] as number }
  }
}

/**
 * NAdam: Adam with Nesterov's momentum.
 *
 * `m` and `v` as in `adam`, `μₜ = β₁ (1 − ½ · 0.96^(t ψ))`, and with `Πₜ = μ₁ ⋯ μₜ`
 * `p ← p − lr · (μₜ₊₁ m / (1 − Πₜ₊₁) + (1 − μₜ) g / (1 − Πₜ)) / (√v̂ + ε)`. Epsilon stands outside the root. This is the published algorithm, as in
 * PyTorch from 2.0 on (the default loop of 1.13 had a factor μₜ too many). The slots keep the moments divided by 1 − β.
 *
 * The effective step size for proximal maps is the factor that a constant gradient gets, `lr · c / (√v̂ + ε)` with
 * `c = μₜ₊₁ (1 − β₁ᵗ) / (1 − Πₜ₊₁) + (1 − μₜ) / (1 − Πₜ)`, which goes to 1. Shapes: parameter, gradient and both moments have the same shape.
 *
 * Throws an OptionError for the options that `adam` refuses, or a negative momentum decay.
 *
 * ```ts
 * nadam(2e-3)
 * ```
 *
 * Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016, algorithm 8 of the report.
 */
export function nadam(given: number | Schedule | NadamOptions = {}): Optimizer {
  const options = parseOptions('nadam', schema, withMainOption('learningRate', given))
  const [beta1, beta2] = [Math.fround(options.beta1), Math.fround(options.beta2)]
  const momentum = momenta(options.beta1, options.momentumDecay)
  const root = { at: (step: number) => Math.sqrt(sumOfPowers(beta2, step)) }
  /** Factors of the sum of gradients, and of the gradient. Steps count from 0, the paper's t from 1. */
  const ofSum = (step: number) => {
    const next = momentum(step + 2)
    return (next.mu * (1 - beta1)) / (1 - next.product)
  }
  const ofGradient = (step: number) => {
    const now = momentum(step + 1)
    return (1 - now.mu) / (1 - now.product)
  }
  const sumFactor = { at: (step: number) => root.at(step) * ofSum(step) }
  const gradientFactor = { at: (step: number) => root.at(step) * ofGradient(step) }
  const sizeFactor = {
    at: (step: number) => root.at(step) * (ofSum(step) * sumOfPowers(beta1, step) + ofGradient(step)),
  }
  return {
    kind: 'optimizer',
    name: 'nadam',
    options,
    slots: momentSlots,
    update({ parameter, gradient, slots }, scope) {
      const { gradientSum, squareSum } = slots as Moments
      const rate = scope.hyperparameter('learningRate', options.learningRate)
      const first = add(mul(gradientSum, scope.hyperparameter('beta1', beta1)), gradient)
      const second = add(mul(squareSum, scope.hyperparameter('beta2', beta2)), mul(gradient, gradient))
      const epsilon = mul(scope.hyperparameter('epsilon', options.epsilon), scope.hyperparameter('root', root))
      const denominator = add(sqrt(second), epsilon)
      const ahead = add(
        mul(first, mul(rate, scope.hyperparameter('sumFactor', sumFactor))),
        mul(gradient, mul(rate, scope.hyperparameter('gradientFactor', gradientFactor))),
      )
      return {
        parameter: sub(parameter, div(ahead, denominator)),
        slots: { gradientSum: first, squareSum: second },
        stepSize: div(mul(rate, scope.hyperparameter('sizeFactor', sizeFactor)), denominator),
      }
    },
  }
}
