// Several augmentations, one after another.

import { type Augmentation, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { applyNested, augmentationsSchema } from './nested.ts'

const schema = z.strictObject({
  augmentations: augmentationsSchema.meta({ description: 'the augmentations, in the order of their application' }),
})

export interface ComposeOptions {
  /** The augmentations, in the order of their application; at least one. */
  readonly augmentations: readonly Augmentation[]
}

/**
 * Augmentations one after another: the second changes what the first made. The trainer does the same with its list; `compose` puts several
 * where one is taken, as in `maybe` and `oneOf`. Each has a key of its own.
 *
 * @param first the augmentations, or all options
 * @throws OptionError for an empty list or another kind of plugin
 * @example
 * ```ts
 * maybe(0.8, compose([warp({ rotation: 10 }), erase()]))
 * ```
 */
export function compose(first: readonly Augmentation[] | ComposeOptions): Augmentation {
  const options = parseOptions('compose', schema, withMainOption('augmentations', first))
  return {
    kind: 'augmentation',
    name: 'compose',
    options,
    apply: (samples, key, scope) =>
      options.augmentations.reduce((from, augmentation, i) => applyNested(augmentation, i, from, key, scope), samples),
  }
}
