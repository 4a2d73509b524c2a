// Group normalization: Wu & He 2018.

import { type Layer, parseOptions, ShapeError, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type AffineOptions, epsilonRow, scaleOf, scaleRows, shiftOf, shiftRows } from './affine-options.ts'
import { channelsOf, normalizeGroups } from './grouped.ts'
import { who } from './who.ts'

const schema = z.strictObject({
  groups: z
    .int()
    .positive()
    .default(32)
    .meta({
      description: 'number of groups of channels',
      search: { type: 'categorical', choices: [1, 2, 4, 8, 16, 32] },
    }),
  epsilon: epsilonRow(1e-5),
  ...scaleRows(),
  ...shiftRows(),
})

export interface GroupNormOptions extends AffineOptions {
  /** Number of groups of channels, 1 and more; divides the channels. Default 32, the paper's. */
  readonly groups?: number
  /** Added to the variance, above 0. Default 1e-5. */
  readonly epsilon?: number
}

/**
 * Group normalization: y = (x − mean) / √(variance + ε) · scale + shift, with mean and biased variance of every sample over a group of
 * neighbouring channels and all of their elements. Training and evaluation are the same.
 *
 * Shapes: x and y [batch, channels, …], scale and shift [channels]. Group g holds the channels from g · channels / groups on.
 *
 * Accuracy: as `normalizeOver`, for means up to 10⁴ standard deviations.
 *
 * Wu & He 2018, equations 1 to 7; one group is layer normalization of images, as many groups as channels instance normalization.
 *
 * @param first the number of groups, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for groups that do not divide the channels
 * @example
 * ```ts
 * sequential([conv2d(64, { size: 3 }), groupNorm(8), relu()])
 * ```
 */
export function groupNorm(first: number | GroupNormOptions = {}, rest: Omit<GroupNormOptions, 'groups'> = {}): Layer {
  const options = parseOptions('groupNorm', schema, withMainOption('groups', first, rest))
  const { groups, epsilon } = options
  return {
    kind: 'layer',
    name: 'groupNorm',
    options,
    apply(x, context) {
      const channels = channelsOf(x.shape, who('groupNorm', context), '[batch, channels, …] of known lengths')
      if (channels % groups !== 0)
        throw new ShapeError({
          who: who('groupNorm', context),
          problem: 'the groups do not divide the channels',
          expected: `a multiple of ${groups} channels`,
          got: String(channels),
          hint: `groups that divide ${channels}`,
        })
      const scale = scaleOf(context, [channels], options)
      const shift = shiftOf(context, [channels], options)
      return normalizeGroups(x, groups, { scale, shift }, epsilon)
    },
  }
}
