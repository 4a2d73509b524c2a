// Variances chosen by fan, so that signals neither grow nor shrink from layer to layer. Glorot, He and LeCun are its presets.

import { type Fans, type Initializer, parseOptions, type Shape } from '@gradwerk/core'
import { z } from 'zod'
import { draw } from './draw.ts'

/** Which number of connections the variance is divided by. */
export type FanMode = 'fanIn' | 'fanOut' | 'fanAverage'

const fanOf: Readonly<Record<FanMode, (fans: Fans) => number>> = {
  fanIn: ({ fanIn }) => fanIn,
  fanOut: ({ fanOut }) => fanOut,
  fanAverage: ({ fanIn, fanOut }) => (fanIn + fanOut) / 2,
}

export const modeSchema: z.ZodEnum<{ fanIn: 'fanIn'; fanOut: 'fanOut'; fanAverage: 'fanAverage' }> = z.enum([
  'fanIn',
  'fanOut',
  'fanAverage',
])

const schema = z.strictObject({
  scale: z
    .number()
    .positive()
    .default(1)
    .meta({ description: 'the variance times the fan', search: { type: 'float', low: 0.1, high: 4, log: true } }),
  mode: modeSchema.default('fanIn').meta({
    description: 'the connections that are counted',
    search: { type: 'categorical', choices: ['fanIn', 'fanOut', 'fanAverage'] },
  }),
  distribution: z
    .enum(['normal', 'uniform'])
    .default('normal')
    .meta({
      description: 'the distribution drawn from',
      search: { type: 'categorical', choices: ['normal', 'uniform'] },
    }),
})

export interface VarianceScalingOptions {
  /** The variance times the fan, above 0. Default 1. */
  readonly scale?: number
  /** The connections that are counted. Default `fanIn`. */
  readonly mode?: FanMode
  /** The distribution drawn from. Default `normal`, which is not truncated. */
  readonly distribution?: 'normal' | 'uniform'
}

type Sample = Initializer['sample']

/** Draws with mean 0 and variance scale / fan. A weight with no connections counts as having one. */
export function scaled({ scale, mode, distribution }: Required<VarianceScalingOptions>): Sample {
  return (shape: Shape, fans, random) => {
    const standardDeviation = Math.sqrt(scale / Math.max(1, fanOf[mode](fans)))
    if (distribution === 'normal') return draw(shape, () => standardDeviation * random.normal())
    const bound = Math.sqrt(3) * standardDeviation
    return draw(shape, () => bound * (2 * random.uniform() - 1))
  }
}

/**
 * Draws with mean 0 and Var w = scale / fan, where the fan is the number of inputs of an output, of outputs of an input, or
 * their mean. Uniform draws lie in ±√(3 · scale / fan); normal draws are not truncated (Keras truncates them).
 *
 * @throws OptionError for a scale that is not positive, or an unknown mode or distribution
 * @example
 * ```ts
 * dense(10, { initializer: varianceScaling({ scale: 2, mode: 'fanAverage' }) })
 * ```
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  const parsed = parseOptions('varianceScaling', schema, options)
  return { kind: 'initializer', name: 'varianceScaling', options: parsed, sample: scaled(parsed) }
}
