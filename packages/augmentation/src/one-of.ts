// One of several augmentations for each sample.

import {
  type Augmentation,
  foldKey,
  less,
  OptionError,
  parseOptions,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { samplesWhere } from './choice.ts'
import { batchOf, perSample } from './draws.ts'
import { applyNested, augmentationsSchema } from './nested.ts'

const schema = z.strictObject({
  augmentations: augmentationsSchema.meta({ description: 'the augmentations to choose from' }),
  weights: z
    .array(z.number().positive())
    .optional()
    .meta({ description: 'how often each is chosen, relative to the others' }),
})

export interface OneOfOptions {
  /** The augmentations to choose from; at least one. */
  readonly augmentations: readonly Augmentation[]
  /** How often each is chosen, relative to the others, > 0. Default: all as often. */
  readonly weights?: readonly number[]
}

/**
 * Augments each sample by one of several augmentations: by the k-th with the probability w_k / Σ w. All of them are computed, and a choice
 * is made for each sample. Targets become soft where one of the augmentations makes them so.
 *
 * Shapes: those of the augmentations, which keep the shape of the inputs.
 *
 * @param first the augmentations, or all options
 * @throws OptionError for an empty list, weights that are not positive, or another number of them
 * @example
 * ```ts
 * oneOf([mixup(0.2), cutmix()])
 * ```
 */
export function oneOf(
  first: readonly Augmentation[] | OneOfOptions,
  rest: Omit<OneOfOptions, 'augmentations'> = {},
): Augmentation {
  const options = parseOptions('oneOf', schema, withMainOption('augmentations', first, rest))
  const { augmentations, weights = augmentations.map(() => 1) } = options
  if (weights.length !== augmentations.length)
    throw new OptionError({
      who: 'oneOf',
      problem: "option 'weights' is not valid",
      expected: `${augmentations.length} numbers, one for each augmentation`,
      got: String(weights.length),
    })
  const total = weights.reduce((a, b) => a + b, 0)
  const below = weights.map((_, i) => weights.slice(0, i + 1).reduce((a, b) => a + b, 0) / total)
  return {
    kind: 'augmentation',
    name: 'oneOf',
    options,
    apply(samples, key, scope) {
      const outcomes = augmentations.map((augmentation, i) => applyNested(augmentation, i, samples, key, scope))
      const [uniform] = perSample(foldKey(key, 'choice'), batchOf(samples.inputs), 1) as [Tensor]
      return outcomes.reduceRight((others, outcome, i) =>
        samplesWhere('oneOf', less(uniform, below[i] as number), outcome, others, scope.classes),
      )
    },
  }
}
