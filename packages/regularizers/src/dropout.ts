// Dropout (Srivastava et al. 2014), inverted: what is kept is scaled up while training.

import { type Layer, mul, parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { type DropoutOptions, derived, dropSchema, keptOf, maskOf } from './drop-probability.ts'

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
  const options = parseOptions('dropout', dropSchema, withMainOption('dropProbability', given))
  const { dropProbability } = options
  const keep = keptOf(dropProbability)
  const scale = derived(keep, (probability) => 1 / probability)
  return {
    kind: 'layer',
    name: 'dropout',
    options,
    apply(x, context) {
      if (!context.stochastic || dropProbability === 0) return x
      // The scaled mask is shared with the gradient, which is then one product.
      return mul(x, mul(maskOf(context, keep, x), context.hyperparameter('scale', scale)))
    },
  }
}
