// Dropout (Srivastava et al. 2014), inverted: what is kept is scaled up while training.

import {
  bernoulli,
  cast,
  type Hyperparameter,
  hyperparameterSchema,
  type Layer,
  mul,
  parseOptions,
  type Schedule,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'

export interface DropoutOptions {
  /** Probability of dropping an element, in [0, 1); a number or a schedule. */
  readonly dropProbability: number | Schedule
}

const schema = z.strictObject({
  dropProbability: hyperparameterSchema(z.number().nonnegative().lt(1)).meta({
    description: 'Probability of dropping an element, in [0, 1); a number or a schedule.',
    search: { type: 'float', low: 0, high: 0.8 },
  }),
})

/** Masks decide by 16 bits, so probabilities are multiples of this. */
const resolution = 2 ** -16

/** The nearest probability of keeping that a mask can have, at least one step of the resolution. */
function keepProbability(dropProbability: number): number {
  return Math.max(1, Math.round((1 - dropProbability) / resolution)) * resolution
}

/** A function of a hyper-parameter. Made once in the factory: a scope tells hyper-parameters apart by their value. */
function derived(from: Hyperparameter, f: (value: number) => number): Hyperparameter {
  return typeof from === 'number' ? f(from) : { at: (step, total) => f(from.at(step, total)) }
}

/**
 * Sets elements to zero at random while training and scales the others up: `y = x · mask / (1 − p)`, with a mask of independent
 * decisions that is drawn anew for every step and sample. Without stochastic behaviour (evaluation) it is the identity.
 *
 * `dropProbability` p, in [0, 1), is the probability of *dropping*, as in PyTorch and Keras; it is rounded to a multiple of 2⁻¹⁶, and the scale
 * with it, so that the expected output is the input.
 *
 * Shapes: x of any static shape; y of the same.
 *
 * Throws an OptionError for a probability outside [0, 1).
 *
 * ```ts
 * dropout(0.5)
 * sequential([dense(512), relu(), dropout(0.5), dense(10)])
 * ```
 *
 * Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, "Dropout: a simple way to prevent neural networks from overfitting",
 * JMLR 2014, in the inverted form of its section 10.
 */
export function dropout(given: number | Schedule | DropoutOptions): Layer {
  const options = parseOptions('dropout', schema, withMainOption('dropProbability', given))
  const { dropProbability } = options
  const keep = derived(dropProbability, keepProbability)
  const scale = derived(keep, (probability) => 1 / probability)
  return {
    kind: 'layer',
    name: 'dropout',
    options,
    apply(x, context) {
      if (!context.stochastic || dropProbability === 0) return x
      const mask = bernoulli(context.key(), context.hyperparameter('keepProbability', keep), x.shape)
      // The scaled mask is shared with the gradient, which is then one product.
      return mul(x, mul(cast(mask, x.dtype), context.hyperparameter('scale', scale)))
    },
  }
}
