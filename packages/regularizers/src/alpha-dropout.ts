// Alpha dropout (Klambauer et al. 2017): dropout that keeps mean and variance, for self-normalizing networks.

import { add, type Layer, mul, parseOptions, type Schedule, sub, withMainOption } from '@gradwerk/core'
import { type DropoutOptions, derived, dropSchema, keptOf, maskOf } from './drop-probability.ts'

/** −λα of SELU: where it goes for inputs towards −∞. */
const saturation = -1.0507009873554805 * 1.6732632423543772

/**
 * Factor that makes the variance 1 again: of x with mean 0 and variance 1, kept with probability q and else α′, the variance is
 * q + q (1 − q) α′².
 */
const factorFor = (q: number): number => (q + q * (1 - q) * saturation ** 2) ** -0.5

/**
 * Sets elements to SELU's lowest value α′ = −λα ≈ −1.758 at random while training, and maps the outcome so that mean 0 and variance 1 stay what they are:
 * `y = a · (x · mask + α′ · (1 − mask)) + b`, with q = 1 − p, `a = (q + q (1 − q) α′²)^(−½)` and `b = −a (1 − q) α′`. Without stochastic behaviour
 * it is the identity. For networks of `selu` layers.
 *
 * Shapes: x of any static shape; y of the same. `dropProbability` p as for `dropout`; the paper takes 0.05 and 0.1.
 *
 * Throws an OptionError for a probability outside [0, 1).
 *
 * ```ts
 * sequential([dense(512, { initializer: lecunNormal() }), selu(), alphaDropout(0.1), dense(10)])
 * ```
 *
 * Klambauer, Unterthiner, Mayr & Hochreiter, "Self-normalizing neural networks", NeurIPS 2017, section "New dropout technique".
 */
export function alphaDropout(given: number | Schedule | DropoutOptions): Layer {
  const options = parseOptions('alphaDropout', dropSchema, withMainOption('dropProbability', given))
  const { dropProbability } = options
  const keep = keptOf(dropProbability)
  const factor = derived(keep, factorFor)
  const shift = derived(keep, (q) => factorFor(q) * q * saturation)
  return {
    kind: 'layer',
    name: 'alphaDropout',
    options,
    apply(x, context) {
      if (!context.stochastic || dropProbability === 0) return x
      // The same with α′ taken out: a · mask · (x − α′) + a q α′.
      const scaled = mul(maskOf(context, keep, x), context.hyperparameter('factor', factor))
      return add(mul(sub(x, saturation), scaled), context.hyperparameter('shift', shift))
    },
  }
}
