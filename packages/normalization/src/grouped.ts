// Normalization over groups of channels, of which group and instance normalization are two.

import { dynamic, formatShape, reshape, type Shape, ShapeError, sizeOf, type Tensor } from '@gradwerk/core'
import { normalizeOver, type ScaleAndShift } from './normalize-over.ts'

/** The number of channels. Throws a ShapeError for an input that has none, or of which more than the batch is unknown. */
export function channelsOf(shape: Shape, who: string, expected: string): number {
  const [, channels, ...inner] = shape
  if (channels !== undefined && channels !== dynamic && !inner.includes(dynamic)) return channels
  throw new ShapeError({ who, problem: 'the input has no channels to normalize', expected, got: formatShape(shape) })
}

/**
 * Normalizes every sample over each group of neighbouring channels and all of their elements.
 *
 * Shapes: x and y [batch, channels, …], scale and shift [channels]; groups divide the channels.
 */
export function normalizeGroups(x: Tensor, groups: number, { scale, shift }: ScaleAndShift, epsilon: number): Tensor {
  const [, channels, ...inner] = x.shape as [number, number, ...number[]]
  const perGroup = channels / groups
  const split = reshape(x, [-1, groups, perGroup, sizeOf(inner)]) // [batch, groups, channels of a group, elements]
  const along = (learned: Tensor) => reshape(learned, [groups, perGroup, 1])
  const y = normalizeOver(split, [2, 3], { scale: along(scale), shift: along(shift) }, epsilon)
  return reshape(y, [-1, ...x.shape.slice(1)])
}
