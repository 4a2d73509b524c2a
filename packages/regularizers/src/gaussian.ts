// Gaussian noise on activations: added, or multiplied with.

import { add, hyperparameterSchema, type Layer, mul, parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type DropoutOptions, derived, dropSchema } from './drop-probability.ts'
import { standardNormal } from './standard-normal.ts'

export interface GaussianNoiseOptions {
  /** Standard deviation σ ≥ 0 of the noise, in units of x; a number or a schedule. */
  readonly standardDeviation: number | Schedule
}

const noiseSchema = z.strictObject({
  standardDeviation: hyperparameterSchema(z.number().nonnegative()).meta({
    description: 'Standard deviation of the noise, at least 0; a number or a schedule.',
    search: { type: 'float', low: 0.01, high: 1, log: true },
  }),
})

/**
 * Adds normal noise while training: `y = x + σ · n`, with n drawn anew for every element and step. Without stochastic behaviour it is the identity.
 *
 * Shapes: x of any static shape; y of the same.
 *
 * Throws an OptionError for a standard deviation below 0.
 *
 * ```ts
 * sequential([gaussianNoise(0.1), dense(512), relu(), dense(10)])
 * ```
 *
 * Bishop, "Training with noise is equivalent to Tikhonov regularization", 1995.
 */
export function gaussianNoise(given: number | Schedule | GaussianNoiseOptions): Layer {
  const options = parseOptions('gaussianNoise', noiseSchema, withMainOption('standardDeviation', given))
  const { standardDeviation } = options
  return {
    kind: 'layer',
    name: 'gaussianNoise',
    options,
    apply(x, context) {
      if (!context.stochastic || standardDeviation === 0) return x
      const deviation = context.hyperparameter('standardDeviation', standardDeviation)
      return add(x, mul(standardNormal(context.key(), x.shape), deviation))
    },
  }
}

/**
 * Multiplies with normal noise while training: `y = x · (1 + σ n)` with `σ² = p / (1 − p)`, the mean and variance of inverted dropout's masks. Nothing
 * is ever exactly 0, and evaluation, without stochastic behaviour, is the identity.
 *
 * Shapes: x of any static shape; y of the same. `dropProbability` p, in [0, 1), is that of the `dropout` it stands for.
 *
 * Throws an OptionError for a probability outside [0, 1).
 *
 * ```ts
 * sequential([dense(512), relu(), gaussianDropout(0.5), dense(10)])
 * ```
 *
 * Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014, section 10; as variational inference: Kingma,
 * Salimans & Welling, "Variational dropout and the local reparameterization trick", NeurIPS 2015, section 3 (with σ² = α).
 */
export function gaussianDropout(given: number | Schedule | DropoutOptions): Layer {
  const options = parseOptions('gaussianDropout', dropSchema, withMainOption('dropProbability', given))
  const { dropProbability } = options
  const deviation = derived(dropProbability, (p) => Math.sqrt(p / (1 - p)))
  return {
    kind: 'layer',
    name: 'gaussianDropout',
    options,
    apply(x, context) {
      if (!context.stochastic || dropProbability === 0) return x
      const noise = mul(standardNormal(context.key(), x.shape), context.hyperparameter('standardDeviation', deviation))
      return mul(x, add(noise, 1))
    },
  }
}
