// Noise on every input.

import {
  type Augmentation,
  add,
  foldKey,
  hyperparameterSchema,
  mul,
  parseOptions,
  reshape,
  type Schedule,
  sizeOf,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { batchOf, perElementNormal } from './draws.ts'

const schema = z.strictObject({
  standardDeviation: hyperparameterSchema(z.number().nonnegative())
    .default(0.1)
    .meta({
      description: 'standard deviation of the noise, in units of the inputs, ≥ 0; a number or a schedule',
      search: { type: 'float', low: 1e-3, high: 0.5, log: true },
    }),
})

export interface GaussianNoiseOptions {
  /** Standard deviation of the noise, in units of the inputs, ≥ 0; a number or a schedule. Default 0.1. */
  readonly standardDeviation?: number | Schedule
}

/**
 * Adds independent normal noise to every input: y = x + σ · n. Nothing is cut to a range.
 *
 * Shapes: inputs [batch, …] of any known shape, which stays; targets of any shape, unchanged.
 *
 * @param first the standard deviation, or all options
 * @throws OptionError for a negative standard deviation
 * @example
 * ```ts
 * gaussianNoise(0.05)
 * ```
 */
export function gaussianNoise(first: number | Schedule | GaussianNoiseOptions = {}): Augmentation {
  const options = parseOptions('gaussianNoise', schema, withMainOption('standardDeviation', first))
  return {
    kind: 'augmentation',
    name: 'gaussianNoise',
    options,
    apply({ inputs, targets }, key, scope) {
      const size = sizeOf(inputs.shape.slice(1), 'gaussianNoise')
      const noise = reshape(perElementNormal(foldKey(key, 'noise'), batchOf(inputs), size), inputs.shape)
      const sigma = scope.hyperparameter('standardDeviation', options.standardDeviation)
      return { inputs: add(inputs, mul(noise, sigma)), targets }
    },
  }
}
