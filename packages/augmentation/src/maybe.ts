// An augmentation that befalls some samples and spares the others.

import {
  type Augmentation,
  foldKey,
  hyperparameterSchema,
  less,
  parseOptions,
  type Schedule,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { samplesWhere } from './choice.ts'
import { batchOf, perSample } from './draws.ts'
import { applyNested, augmentationSchema } from './nested.ts'

const schema = z.strictObject({
  probability: hyperparameterSchema(z.number().min(0).max(1)).meta({
    description: 'probability that a sample is augmented, in [0, 1]; a number or a schedule',
    search: { type: 'float', low: 0, high: 1 },
  }),
  augmentation: augmentationSchema.meta({ description: 'what befalls the samples' }),
})

export interface MaybeOptions {
  /** Probability that a sample is augmented, in [0, 1]; a number or a schedule. */
  readonly probability: number | Schedule
  /** What befalls the samples. */
  readonly augmentation: Augmentation
}

/**
 * Augments each sample with a probability p, independently: sample i is replaced where u_i < p, with u_i uniform in [0, 1). Both outcomes
 * are computed. Targets become soft where the augmentation makes them so.
 *
 * Shapes: those of the augmentation, which keeps the shape of the inputs.
 *
 * @param first the probability, or all options
 * @throws OptionError for a probability outside [0, 1]
 * @example
 * ```ts
 * maybe(0.5, elastic())
 * ```
 */
export function maybe(first: MaybeOptions): Augmentation
export function maybe(first: number | Schedule, augmentation: Augmentation): Augmentation
export function maybe(first: number | Schedule | MaybeOptions, augmentation?: Augmentation): Augmentation {
  const given = augmentation === undefined ? first : { probability: first, augmentation }
  const options = parseOptions('maybe', schema, given)
  return {
    kind: 'augmentation',
    name: 'maybe',
    options,
    apply(samples, key, scope) {
      const augmented = applyNested(options.augmentation, 0, samples, key, scope)
      const [uniform] = perSample(foldKey(key, 'decision'), batchOf(samples.inputs), 1) as [Tensor]
      const chosen = less(uniform, scope.hyperparameter('probability', options.probability))
      return samplesWhere('maybe', chosen, augmented, samples, scope.classes)
    },
  }
}
