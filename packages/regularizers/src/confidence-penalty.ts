// Confidence penalty (Pereyra et al. 2017): keeps the entropy of predictions up.

import {
  exp,
  formatShape,
  logSoftmax,
  mean,
  mul,
  neg,
  parseOptions,
  type Regularizer,
  relu,
  ShapeError,
  sub,
  sum,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type Strength, strengthSchema } from './strength.ts'

export interface ConfidencePenaltyOptions {
  /** β ≥ 0; a number or a schedule. */
  readonly strength: Strength
  /** Entropy Γ > 0, in nats, above which predictions are left alone. Default: none, all of them are drawn towards the uniform distribution. */
  readonly threshold?: number | undefined
}

const schema = z.strictObject({
  strength: strengthSchema('Factor β of the negative entropy; a number ≥ 0 or a schedule.').meta({
    search: { type: 'float', low: 1e-3, high: 1, log: true },
  }),
  threshold: z
    .number()
    .positive()
    .optional()
    .meta({
      description: 'Entropy in nats above which predictions are left alone.',
      search: { type: 'float', low: 0.1, high: 2 },
    }),
})

/**
 * Confidence penalty: `−β · mean H(p)`, with the softmax p of the predictions (logits) and its entropy `H(p) = −Σ_c p_c log p_c`: the objective falls with
 * the entropy of what the model predicts. With a threshold Γ it is `β · mean max(0, Γ − H(p))`, which leaves uncertain predictions alone.
 *
 * It belongs into the trainer's `regularizers`. Up to a constant it is β times the divergence KL(p ‖ uniform); label smoothing (an option of
 * `softmaxCrossEntropy`) is the divergence the other way round.
 *
 * Shapes: predictions [batch, classes, …positions], two classes or more; the term is a scalar, below 0 where there is no threshold. `strength` β ≥ 0; the
 * paper takes 0.1 to 2.
 *
 * Throws an OptionError for a negative strength or a threshold that is not above 0; a ShapeError, when traced, for predictions that are no logits of classes.
 *
 * ```ts
 * new Trainer({ …, regularizers: [confidencePenalty(0.1)] })
 * ```
 *
 * Pereyra, Tucker, Chorowski, Kaiser & Hinton, "Regularizing neural networks by penalizing confident output distributions", 2017, section 3.
 */
export function confidencePenalty(given: Strength | ConfidencePenaltyOptions): Regularizer {
  const options = parseOptions('confidencePenalty', schema, withMainOption('strength', given))
  const { strength, threshold } = options
  return {
    kind: 'regularizer',
    name: 'confidencePenalty',
    options,
    lossTerm({ predictions, ...scope }) {
      const { shape } = predictions
      if (shape.length < 2 || (shape[1] as number) < 2)
        throw new ShapeError({
          who: 'confidencePenalty',
          problem: 'predictions that are no logits of classes',
          expected: '[batch, classes, …] with two classes or more',
          got: formatShape(shape),
        })
      const logs = logSoftmax(predictions, 1)
      const entropy = neg(sum(mul(exp(logs), logs), { axes: [1] }))
      const term =
        threshold === undefined ? neg(entropy) : relu(sub(scope.hyperparameter('threshold', threshold), entropy))
      return mul(mean(term), scope.hyperparameter('strength', strength))
    },
  }
}
