// Standardization of inputs with fixed numbers: the first layer of a network.

import {
  constant,
  div,
  formatShape,
  type Layer,
  parseOptions,
  type Shape,
  ShapeError,
  sizeOf,
  sub,
  type Tensor,
  valueOf,
} from '@gradwerk/core'
import { z } from 'zod'
import { who as nameOf } from './who.ts'

/** Which numbers of a sample share a mean and a deviation: all of them, those of a channel, or none. */
export type StandardizationUnit = 'all' | 'channel' | 'feature'

export interface StandardizeOptions {
  /** What is taken away: one number, or one for each channel or feature (row-major). */
  readonly mean: number | readonly number[]
  /** What is divided by: as many numbers as `mean`, 0 and more. By 0 nothing is divided: such a feature was constant. */
  readonly deviation: number | readonly number[]
  /** Whether lists have a number for each channel or for each feature. Default `feature` for lists, `all` for numbers. */
  readonly per?: StandardizationUnit
}

const list = (number: z.ZodNumber) =>
  z.union([number, z.array(number).min(1).readonly()], { error: 'a number or a list of numbers' })

const schema = z
  .strictObject({
    mean: list(z.number()).meta({ description: 'what is taken away' }),
    deviation: list(z.number().nonnegative()).meta({ description: 'what is divided by; 0 leaves a feature undivided' }),
    per: z
      .enum(['all', 'channel', 'feature'])
      .optional()
      .meta({ description: 'whether lists have a number for each channel or for each feature' }),
  })
  .refine(({ mean, deviation }) => lengthOf(mean) === lengthOf(deviation), {
    path: ['deviation'],
    error: 'as many deviations as means',
  })
  .refine(({ mean, per }) => per === undefined || (per === 'all') === (typeof mean === 'number'), {
    path: ['per'],
    error: "'all' for one number, 'channel' or 'feature' for a list",
  })

function lengthOf(numbers: number | readonly number[]): number {
  return typeof numbers === 'number' ? 0 : numbers.length
}

/** The shape in which the numbers broadcast to x. */
function placeOf(x: Tensor, { mean, per = 'feature' }: StandardizeOptions, who: string): Shape {
  if (typeof mean === 'number') return []
  const [, channels = 1, ...inner] = x.shape
  const place = per === 'channel' ? [channels, ...inner.map(() => 1)] : x.shape.slice(1)
  if (x.shape.length > 1 && sizeOf(place, who) === mean.length) return place
  throw new ShapeError({
    who,
    problem: `the input has another number of ${per}s than the standardization`,
    expected: `${mean.length} ${per}s`,
    got: formatShape(x.shape),
  })
}

/**
 * Standardizes inputs with fixed numbers: y = (x − mean) / deviation, one number for all, for each channel or for each feature. Where the
 * deviation is 0 nothing is divided: a feature that was constant comes out as 0.
 *
 * `fitStandardization(train)` finds the numbers. As a layer they are part of the model, of its options in JSON and of an exported file, which
 * therefore takes inputs as they come.
 *
 * Shapes: x and y [batch, channels, …] or [batch, features]. Accuracy in float32: |error of y| ≤ 4·u·(1 + |y|), u = 2⁻²⁴, also for large
 * means: what float32 cannot hold of a mean is taken away in a second step.
 *
 * @throws OptionError for options outside their domain; ShapeError, when traced, for an input of another number of channels or features
 * @example
 * ```ts
 * sequential([standardize({ mean: 0.1307, deviation: 0.3081 }), flatten(), dense(10)])
 * ```
 */
export function standardize(given: StandardizeOptions): Layer {
  const options = parseOptions('standardize', schema, given)
  const { mean, deviation, per } = options
  const means = [mean].flat()
  const divisors = [deviation].flat().map((number) => number || 1)
  const rests = means.map((number) => number - Math.fround(number))
  return {
    kind: 'layer',
    name: 'standardize',
    options,
    apply(x, context) {
      const place = placeOf(
        x,
        { mean, deviation, ...(per === undefined ? {} : { per }) },
        nameOf('standardize', context),
      )
      const numbers = (of: readonly number[]) => constant(valueOf(x.dtype, place, of))
      const matters = rests.some((rest, i) => Math.abs(rest) > 2 ** -24 * (divisors[i] as number))
      const centred = sub(x, numbers(means))
      return div(matters ? sub(centred, numbers(rests)) : centred, numbers(divisors))
    },
  }
}
