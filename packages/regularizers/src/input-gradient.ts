// Penalties of how fast loss or outputs change with the input: gradients inside of the objective, which is differentiated once more.

import {
  add,
  gradients,
  mul,
  parseOptions,
  type Regularizer,
  reshape,
  sizeOf,
  slice,
  sum,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type Strength, strengthSchema } from './strength.ts'
import { halfSumOfSquares } from './sums.ts'

export interface InputGradientOptions {
  /** λ ≥ 0; a number or a schedule. */
  readonly strength: Strength
}

const gradientSchema = z.strictObject({
  strength: strengthSchema('Factor λ of ½ ‖∂loss/∂x‖²; a number ≥ 0 or a schedule.'),
})
const jacobianSchema = z.strictObject({
  strength: strengthSchema('Factor λ of ½ ‖∂y/∂x‖²; a number ≥ 0 or a schedule.'),
})

/**
 * Gradient penalty: `λ/2 · mean over the samples of ‖∂Lᵢ/∂xᵢ‖²`, with the loss Lᵢ of a sample and its inputs xᵢ as the model gets them, scaled and augmented:
 * a small change of an input shall change its loss little. Training goes through second-order gradients ("double backpropagation") and costs about
 * twice a plain step.
 *
 * It belongs into the trainer's `regularizers`. The gradient is that of the mean loss, times the batch: layers that mix samples (batch normalization) and
 * weighted samples count as they do there.
 *
 * Shapes: inputs [batch, …]; the term is a scalar. With piecewise linear activations kinks have no second derivative, and count 0.
 *
 * Throws an OptionError for a negative strength.
 *
 * ```ts
 * new Trainer({ …, regularizers: [gradientPenalty(0.01)] })
 * ```
 *
 * Drucker & LeCun, "Improving generalization performance using double backpropagation", 1992.
 */
export function gradientPenalty(given: Strength | InputGradientOptions): Regularizer {
  const options = parseOptions('gradientPenalty', gradientSchema, withMainOption('strength', given))
  return {
    kind: 'regularizer',
    name: 'gradientPenalty',
    options,
    lossTerm({ inputs, loss, ...scope }) {
      const [slope] = gradients(loss, [inputs])
      // Gradients of the mean are those of the samples over the batch: λ/2 · Σ (batch · slope)² / batch.
      const factor = mul(scope.hyperparameter('strength', options.strength), inputs.shape[0] as number)
      return mul(halfSumOfSquares(slope as Tensor), factor)
    },
  }
}

/**
 * Jacobian penalty: `λ/2 · mean over the samples of ‖∂yᵢ/∂xᵢ‖²` (squared Frobenius norm), with all outputs y of the model: a small change of an input shall
 * change the outputs little, whatever the target. One backward pass for each output, so for models with few of them.
 *
 * It belongs into the trainer's `regularizers`. Layers that mix samples (batch normalization) add what a sample does to the outputs of others.
 *
 * Shapes: inputs [batch, …], predictions [batch, …]; the term is a scalar.
 *
 * Throws an OptionError for a negative strength.
 *
 * ```ts
 * new Trainer({ …, regularizers: [jacobianPenalty(0.01)] })
 * ```
 *
 * Sokolić, Giryes, Sapiro & Rodrigues, "Robust large margin deep neural networks", 2017; Hoffman, Roberts & Yaida, "Robust learning with Jacobian
 * regularization", 2019, without its random projections.
 */
export function jacobianPenalty(given: Strength | InputGradientOptions): Regularizer {
  const options = parseOptions('jacobianPenalty', jacobianSchema, withMainOption('strength', given))
  return {
    kind: 'regularizer',
    name: 'jacobianPenalty',
    options,
    lossTerm({ inputs, predictions, ...scope }) {
      const batch = inputs.shape[0] as number
      const outputs = sizeOf(predictions.shape.slice(1))
      const rows = reshape(predictions, [batch, outputs])
      const norms = Array.from({ length: outputs }, (_, k) => {
        const [slope] = gradients(sum(slice(rows, [{ axis: 1, start: k, end: k + 1 }])), [inputs])
        return halfSumOfSquares(slope as Tensor)
      })
      const factor = mul(scope.hyperparameter('strength', options.strength), 1 / batch)
      return mul(
        norms.reduce((a, b) => add(a, b)),
        factor,
      )
    },
  }
}
