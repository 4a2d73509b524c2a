// Layers that only rearrange the numbers of each sample.

import {
  formatShape,
  type Layer,
  parseOptions,
  reshape as reshapeTo,
  type Shape,
  ShapeError,
  sizeOf,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { who } from './who.ts'

const nothing = z.strictObject({})

/**
 * Joins all axes but the batch, in row-major order: y[n, …] is x[n] as a list.
 *
 * Shapes: x [batch, …], y [batch, product of …]; images are read channel by channel.
 *
 * @example
 * ```ts
 * sequential([conv2d(32, { size: 3 }), relu(), flatten(), dense(10)])
 * ```
 */
export function flatten(given: Readonly<Record<string, never>> = {}): Layer {
  const options = parseOptions('flatten', nothing, given)
  return {
    kind: 'layer',
    name: 'flatten',
    options,
    apply(x, context) {
      const [batch, ...sample] = x.shape
      if (batch === undefined)
        throw new ShapeError({
          who: who('flatten', context),
          problem: 'the input has no batch axis',
          expected: '[batch, …]',
          got: '[]',
        })
      return reshapeTo(x, [batch, sizeOf(sample, who('flatten', context))])
    },
  }
}

const shapeSchema = z.strictObject({
  shape: z
    .array(z.int().min(-1))
    .readonly()
    .refine((shape) => shape.indexOf(-1) === shape.lastIndexOf(-1), { error: 'at most one length -1' })
    .meta({ description: 'shape of one sample; one length may be -1' }),
})

export interface ReshapeOptions {
  /** Shape of one sample, without the batch. One length may be −1: whatever is left. */
  readonly shape: Shape
}

/**
 * Gives every sample another shape, with the same numbers in row-major order.
 *
 * Shapes: x [batch, …], y [batch, …shape].
 *
 * @param first the shape of a sample, or all options
 * @throws OptionError for something that is no shape; ShapeError, when traced, where the number of elements changes
 * @example
 * ```ts
 * sequential([reshape([1, 28, 28]), conv2d(32, { size: 3 })])
 * ```
 */
export function reshape(first: Shape | ReshapeOptions): Layer {
  const options = parseOptions('reshape', shapeSchema, withMainOption('shape', first))
  const { shape } = options
  return {
    kind: 'layer',
    name: 'reshape',
    options,
    apply(x, context) {
      const [batch = 1, ...sample] = x.shape
      const size = sizeOf(sample, who('reshape', context))
      const known = shape.reduce((product, length) => (length === -1 ? product : product * length), 1)
      const target = shape.map((length) => (length === -1 ? size / known : length))
      if (x.shape.length > 0 && sizeOf(target.map((length) => (Number.isInteger(length) ? length : 0))) === size)
        return reshapeTo(x, [batch, ...target])
      throw new ShapeError({
        who: who('reshape', context),
        problem: `a sample of ${size} elements does not fit the shape ${formatShape(shape)}`,
        expected: `${shape.includes(-1) ? 'a multiple of ' : ''}${known} elements`,
        got: formatShape(x.shape),
      })
    },
  }
}
