// Adagrad (Duchi, Hazan & Singer 2011): steps divided by the root of all squared gradients so far.

import {
  add,
  div,
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
import { epsilonOption, type LearningRateOption, learningRateOption } from './options.ts'

export interface AdagradOptions extends LearningRateOption {
  /** Size of a step, ≥ 0; a number or a schedule. Default 0.01. */
  readonly learningRate?: number | Schedule
  /** What the sum of squares starts with, ≥ 0. Default 0, as in PyTorch (TensorFlow: 0.1). */
  readonly initialSum?: number
  /** Added to the root, outside of it; > 0. Default 1e-10. */
  readonly epsilon?: number
}

const schema = z.strictObject({
  learningRate: learningRateOption(0.01, 1e-3, 1),
  initialSum: z.number().nonnegative().default(0).meta({ description: 'What the sum of squares starts with, ≥ 0.' }),
  epsilon: epsilonOption(1e-10),
})

/**
 * Adagrad: each element steps by its gradient, divided by the root of the sum of all its squared gradients.
 *
 * `s ← s + g²`, `p ← p − lr · g / (√s + ε)`. Epsilon stands outside the root (PyTorch; Keras: inside). PyTorch's `lr_decay` is the
 * schedule `inverseTime`.
 *
 * The effective step size for proximal maps is `lr / (√s + ε)`, elementwise (the composite updates of the paper, section 1.3). Shapes:
 * parameter, gradient and sum have the same shape.
 *
 * Throws an OptionError for a negative learning rate or initial sum, or an epsilon ≤ 0.
 *
 * ```ts
 * adagrad(0.1)
 * ```
 *
 * Duchi, Hazan & Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 2011, figure 1 with
 * diagonal matrices.
 */
export function adagrad(given: number | Schedule | AdagradOptions = {}): Optimizer {
  const options = parseOptions('adagrad', schema, withMainOption('learningRate', given))
  const { learningRate, initialSum, epsilon } = options
  return {
    kind: 'optimizer',
    name: 'adagrad',
    options,
    slots: ({ shape }) => ({ squareSum: { shape, initial: initialSum } }),
    update({ parameter, gradient, slots }, scope) {
      const squareSum = add(slots['squareSum'] as Tensor, mul(gradient, gradient))
      const denominator = add(sqrt(squareSum), scope.hyperparameter('epsilon', epsilon))
      const stepSize = div(scope.hyperparameter('learningRate', learningRate), denominator)
      return { parameter: sub(parameter, mul(gradient, stepSize)), slots: { squareSum }, stepSize }
    },
  }
}
