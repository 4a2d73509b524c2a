// Adamax (Kingma & Ba 2015): Adam with the largest magnitude in place of the root of the mean square.

import {
  abs,
  add,
  div,
  maximum,
  mul,
  type Optimizer,
  parseOptions,
  type Schedule,
  sub,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type AdamOptions, adamShape, sumOfPowers } from './moments.ts'
import { epsilonOption, learningRateOption } from './options.ts'

/** As for Adam, but a learning rate of 0.002 unless told otherwise; epsilon is added to the magnitude of the gradient. */
export type AdamaxOptions = AdamOptions

const schema = z.strictObject({
  ...adamShape,
  learningRate: learningRateOption(2e-3, 1e-5, 1e-1),
  epsilon: epsilonOption(1e-8, 'the magnitude of the gradient'),
})

/**
 * Adamax: each element steps by the mean of its gradients, divided by their largest magnitude, which fades.
 *
 * `m ← β₁ m + (1 − β₁) g`, `u ← max(β₂ u, |g| + ε)`, `p ← p − lr · m̂ / u` with `m̂ = m / (1 − β₁ᵗ)`. Epsilon is added to the magnitude, as in
 * PyTorch (the paper has none; Keras adds it to u). The slot keeps m divided by 1 − β₁.
 *
 * The effective step size for proximal maps is `lr / u`, elementwise. Shapes: parameter, gradient and both slots have the same shape.
 *
 * Throws an OptionError for the options that `adam` refuses.
 *
 * ```ts
 * adamax(2e-3)
 * ```
 *
 * Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 2.
 */
export function adamax(given: number | Schedule | AdamaxOptions = {}): Optimizer {
  const options = parseOptions('adamax', schema, withMainOption('learningRate', given))
  const [beta1, beta2] = [Math.fround(options.beta1), Math.fround(options.beta2)]
  const correction = { at: (step: number) => 1 / sumOfPowers(beta1, step) }
  return {
    kind: 'optimizer',
    name: 'adamax',
    options,
    slots: ({ shape }) => ({ gradientSum: { shape, initial: 0 }, largest: { shape, initial: 0 } }),
    update({ parameter, gradient, slots }, scope) {
      const rate = scope.hyperparameter('learningRate', options.learningRate)
      const gradientSum = add(mul(slots['gradientSum'] as Tensor, scope.hyperparameter('beta1', beta1)), gradient)
      const faded = mul(slots['largest'] as Tensor, scope.hyperparameter('beta2', beta2))
      const largest = maximum(faded, add(abs(gradient), scope.hyperparameter('epsilon', options.epsilon)))
      const factor = mul(rate, scope.hyperparameter('correction', correction))
      return {
        parameter: sub(parameter, mul(div(gradientSum, largest), factor)),
        slots: { gradientSum, largest },
        stepSize: div(rate, largest),
      }
    },
  }
}
