// Augmentations inside of augmentations.

import { type Augmentation, foldKey, pluginSchema, type Samples, type Tensor } from '@gradwerk/core'
import { z } from 'zod'

export const augmentationSchema: z.ZodType<Augmentation, Augmentation> = pluginSchema<Augmentation>('augmentation')

export const augmentationsSchema: z.ZodArray<typeof augmentationSchema> = z.array(augmentationSchema).min(1)

type ApplyScope = Parameters<Augmentation['apply']>[2]

/** Applies the i-th of several augmentations with a key and with names of hyper-parameters of its own. */
export function applyNested(
  augmentation: Augmentation,
  i: number,
  samples: Samples,
  key: Tensor,
  scope: ApplyScope,
): Samples {
  return augmentation.apply(samples, foldKey(key, `nested#${i}`), {
    classes: scope.classes,
    hyperparameter: (name, value) => scope.hyperparameter(`${augmentation.name}#${i}.${name}`, value),
  })
}
