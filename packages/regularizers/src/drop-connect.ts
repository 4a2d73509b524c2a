// DropConnect (Wan et al. 2013): drops weights in place of activations.

import { mul, numbers, type Parametrization, parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { type DropoutOptions, derived, dropSchema, keptOf, maskOf } from './drop-probability.ts'

/**
 * Sets weights to zero at random while training and scales the others up: a layer computes with `w · mask / (1 − p)`, and in evaluation with w. Every
 * step draws one mask for the whole batch, as is usual for weights that are shared; the paper draws one for each sample. In evaluation the paper samples
 * from a normal approximation of the outputs; here the mean weight stands for it, as with dropout.
 *
 * Parameter: `<name>.raw` w, of the shape of the weight, starts at what the initializer draws. Penalties see the weight with its mask; a constraint
 * cannot act through it. `dropProbability` p as for `dropout`.
 *
 * Shapes: a weight of any shape.
 *
 * Throws an OptionError for a probability outside [0, 1).
 *
 * ```ts
 * dense(512, { parametrization: dropConnect(0.5) })
 * ```
 *
 * Wan, Zeiler, Zhang, LeCun & Fergus, "Regularization of neural networks using DropConnect", ICML 2013.
 */
export function dropConnect(given: number | Schedule | DropoutOptions): Parametrization {
  const options = parseOptions('dropConnect', dropSchema, withMainOption('dropProbability', given))
  const { dropProbability } = options
  const keep = keptOf(dropProbability)
  const scale = derived(keep, (probability) => 1 / probability)
  return {
    kind: 'parametrization',
    name: 'dropConnect',
    options,
    apply(name, spec, context) {
      const raw = context.parameter(`${name}.raw`, { ...spec, fromDraw: (draw) => numbers(draw) })
      if (!context.stochastic || dropProbability === 0) return raw
      return mul(raw, mul(maskOf(context, keep, raw), context.hyperparameter('scale', scale)))
    },
  }
}
