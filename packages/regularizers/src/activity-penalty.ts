// Activity penalty: keeps the outputs of chosen layers small or sparse.

import {
  add,
  type LossTermContext,
  mul,
  OptionError,
  parseOptions,
  type Regularizer,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { type Strength, strengthSchema } from './strength.ts'
import { halfSumOfSquares, sumOfMagnitudes } from './sums.ts'

export interface ActivityPenaltyOptions {
  /** Paths of the layers: `relu`, `encoder.relu_1`, '' for the model's output. `*` stands for any text: `*relu*`. */
  readonly layers: string | readonly string[]
  /** λ₁ ≥ 0; a number or a schedule. Default 0. */
  readonly l1?: Strength
  /** λ₂ ≥ 0; a number or a schedule. Default 0. */
  readonly l2?: Strength
}

const schema = z.strictObject({
  layers: z
    .union([z.string(), z.array(z.string()).min(1)], { error: 'a path of a layer, or a list of them' })
    .meta({ description: 'Paths of the layers; `*` stands for any text.' }),
  l1: strengthSchema('Factor λ₁ of Σ|a|; a number ≥ 0 or a schedule.').default(0),
  l2: strengthSchema('Factor λ₂ of ½ Σa²; a number ≥ 0 or a schedule.').default(0),
})

/** Whether a pattern, in which `*` stands for any text, fits a path. */
function fits(pattern: string, path: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(path)
}

/** Throws an OptionError for a pattern that fits no layer: it would do nothing. */
function chosen(patterns: readonly string[], activations: LossTermContext['activations']): Tensor[] {
  for (const pattern of patterns)
    if (![...activations.keys()].some((path) => fits(pattern, path)))
      throw new OptionError({
        who: 'activityPenalty',
        problem: `there is no layer '${pattern}'`,
        expected: `one of ${[...activations.keys()].map((path) => `'${path}'`).join(', ')}`,
      })
  return [...activations].filter(([path]) => patterns.some((pattern) => fits(pattern, path))).map(([, a]) => a)
}

/**
 * Activity penalty: `(λ₁ Σ |a| + λ₂/2 Σ a²) / batch` over the outputs a of the chosen layers, as they are in training. With l1 it makes representations
 * sparse.
 *
 * It belongs into the trainer's `regularizers`. `layers`: paths, as in parameter names, in which `*` stands for any text.
 *
 * Shapes: outputs [batch, …]; the term is a scalar. Keras' `activity_regularizer` divides by the batch as well; its `l2` has no ½.
 *
 * Throws an OptionError for a negative strength, and when traced for a path that no layer has.
 *
 * ```ts
 * new Trainer({ …, regularizers: [activityPenalty({ layers: 'relu', l1: 1e-4 })] })
 * ```
 *
 * Glorot, Bordes & Bengio, "Deep sparse rectifier neural networks", AISTATS 2011.
 */
export function activityPenalty(given: ActivityPenaltyOptions): Regularizer {
  const options = parseOptions('activityPenalty', schema, given)
  const patterns = typeof options.layers === 'string' ? [options.layers] : options.layers
  return {
    kind: 'regularizer',
    name: 'activityPenalty',
    options,
    lossTerm(context) {
      const outputs = chosen(patterns, context.activations)
      const [l1, l2] = [context.hyperparameter('l1', options.l1), context.hyperparameter('l2', options.l2)]
      const batch = context.predictions.shape[0] as number
      const total = outputs
        .map((a) => add(mul(sumOfMagnitudes(a), l1), mul(halfSumOfSquares(a), l2)))
        .reduce((a, b) => add(a, b))
      return mul(total, 1 / batch)
    },
  }
}
