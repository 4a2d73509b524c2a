// Dropout as textbooks have it: nothing is scaled while training, and everything in evaluation.

import { type Layer, mul, parseOptions, withMainOption } from '@gradwerk/core'
import { fixedDropSchema, keptOf, maskOf } from './drop-probability.ts'

export interface StandardDropoutOptions {
  /** Probability of dropping, in [0, 1). */
  readonly dropProbability: number
}

/**
 * Dropout in its first form: `y = x · mask` while training, `y = (1 − p) · x` in evaluation. Both are (1 − p) times what `dropout` gives, with the same
 * masks; what follows sees smaller numbers, with the same expectation in training as in evaluation. Prefer `dropout` unless you compare with a text.
 *
 * `dropProbability` p, in [0, 1), is the probability of dropping, rounded to a multiple of 2⁻¹⁶. (The paper's p is that of keeping.) It is no
 * schedule: evaluation would have to know the step.
 *
 * Shapes: x of any static shape; y of the same.
 *
 * Throws an OptionError for a probability outside [0, 1).
 *
 * ```ts
 * standardDropout(0.5)
 * ```
 *
 * Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014, section 4 and figure 2.
 */
export function standardDropout(given: number | StandardDropoutOptions): Layer {
  const options = parseOptions('standardDropout', fixedDropSchema, withMainOption('dropProbability', given))
  const { dropProbability } = options
  const keep = keptOf(dropProbability)
  return {
    kind: 'layer',
    name: 'standardDropout',
    options,
    apply(x, context) {
      if (dropProbability === 0) return x
      return mul(x, context.stochastic ? maskOf(context, keep, x) : context.hyperparameter('keepProbability', keep))
    },
  }
}
