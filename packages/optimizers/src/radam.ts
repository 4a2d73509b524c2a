// RAdam (Liu et al. 2020): Adam that does not divide before it knows the size of its gradients.

import { add, div, mul, type Optimizer, parseOptions, type Schedule, sqrt, sub, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type AdamOptions, adamShape, type Moments, momentSlots, sumOfPowers } from './moments.ts'

/** As for Adam. */
export type RadamOptions = AdamOptions

const schema = z.strictObject(adamShape)

/** The rectification of the variance at a step (from 0), or undefined where the variance is not tractable yet. */
function rectification(beta2: number, step: number): number | undefined {
  const t = step + 1
  const longest = 2 / (1 - beta2) - 1
  const length = longest - (2 * t * beta2 ** t) / (1 - beta2 ** t)
  if (length <= 5) return undefined
  return Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length))
}

/**
 * RAdam: Adam whose divisor is left out of the first steps, in which it would be made of too few gradients, and then set in slowly.
 *
 * `m` and `v` as in `adam`, `ρ∞ = 2 / (1 − β₂) − 1`, `ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)`. Where `ρₜ > 5`: `p ← p − lr · rₜ √(1 − β₂ᵗ) · m̂ / (√v + ε)` with
 * `rₜ² = (ρₜ − 4)(ρₜ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρₜ)`; elsewhere `p ← p − lr · m̂`. The bound 5 is PyTorch's (the paper: 4). Epsilon stands outside the root
 * of the uncorrected v. The slots keep the moments divided by 1 − β.
 *
 * The effective step size for proximal maps is the factor of m̂, elementwise once the divisor is there. Shapes: parameter, gradient and
 * both moments have the same shape.
 *
 * Throws an OptionError for the options that `adam` refuses.
 *
 * ```ts
 * radam(1e-3)
 * ```
 *
 * Liu, Jiang, He, Chen, Liu, Gao & Han, "On the variance of the adaptive learning rate and beyond", ICLR 2020, algorithm 2.
 */
export function radam(given: number | Schedule | RadamOptions = {}): Optimizer {
  const options = parseOptions('radam', schema, withMainOption('learningRate', given))
  const [beta1, beta2] = [Math.fround(options.beta1), Math.fround(options.beta2)]
  const correction = { at: (step: number) => 1 / sumOfPowers(beta1, step) }
  // √v = √(1 − β₂) · √V: both sides of the quotient are divided by √(1 − β₂).
  const epsilon = options.epsilon / Math.sqrt(1 - beta2)
  const divided = {
    at: (step: number) => (rectification(options.beta2, step) ?? 0) * Math.sqrt(sumOfPowers(beta2, step)),
  }
  const plain = { at: (step: number) => (rectification(options.beta2, step) === undefined ? 1 : 0) }
  return {
    kind: 'optimizer',
    name: 'radam',
    options,
    slots: momentSlots,
    update({ parameter, gradient, slots }, scope) {
      const { gradientSum, squareSum } = slots as Moments
      const rate = scope.hyperparameter('learningRate', options.learningRate)
      const first = add(mul(gradientSum, scope.hyperparameter('beta1', beta1)), gradient)
      const second = add(mul(squareSum, scope.hyperparameter('beta2', beta2)), mul(gradient, gradient))
      const denominator = add(sqrt(second), scope.hyperparameter('epsilon', epsilon))
      const stepSize = add(
        div(mul(rate, scope.hyperparameter('divided', divided)), denominator),
        mul(rate, scope.hyperparameter('plain', plain)),
      )
      return {
        parameter: sub(parameter, mul(mul(first, scope.hyperparameter('correction', correction)), stepSize)),
        slots: { gradientSum: first, squareSum: second },
        stepSize,
      }
    },
  }
}
