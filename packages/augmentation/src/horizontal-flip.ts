// Mirrored images.

import {
  type Augmentation,
  flip,
  foldKey,
  hyperparameterSchema,
  less,
  parseOptions,
  type Schedule,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { samplesWhere } from './choice.ts'
import { perSample } from './draws.ts'
import { imagesOf } from './images.ts'

const schema = z.strictObject({
  probability: hyperparameterSchema(z.number().min(0).max(1)).default(0.5).meta({
    description: 'probability that an image is mirrored, in [0, 1]; a number or a schedule',
  }),
})

export interface HorizontalFlipOptions {
  /** Probability that an image is mirrored, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly probability?: number | Schedule
}

/**
 * Mirrors images, left for right, each with a probability p: y(i, j) = x(i, width − 1 − j). Not for digits or letters.
 *
 * Shapes: inputs [batch, height, width] or [batch, channels, height, width], which stay; targets of any shape, unchanged.
 *
 * @param first the probability, or all options
 * @throws OptionError for a probability outside [0, 1]; ShapeError, when traced, for inputs that are no images
 * @example
 * ```ts
 * horizontalFlip()
 * ```
 */
export function horizontalFlip(first: number | Schedule | HorizontalFlipOptions = {}): Augmentation {
  const options = parseOptions('horizontalFlip', schema, withMainOption('probability', first))
  return {
    kind: 'augmentation',
    name: 'horizontalFlip',
    options,
    apply(samples, key, scope) {
      const { batch } = imagesOf('horizontalFlip', samples.inputs)
      const [uniform] = perSample(foldKey(key, 'flip'), batch, 1) as [Tensor]
      const chosen = less(uniform, scope.hyperparameter('probability', options.probability))
      return samplesWhere('horizontalFlip', chosen, { ...samples, inputs: flip(samples.inputs, -1) }, samples, 0)
    },
  }
}
