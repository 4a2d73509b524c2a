// Layers that normalize every sample over given axes: the option, and the shapes of scale and shift that belong to it.

import { dynamic, formatShape, normalizeAxes, reshape, type Shape, ShapeError, type Tensor } from '@gradwerk/core'
import { z } from 'zod'

export const axesRow: z.ZodDefault<z.ZodReadonly<z.ZodArray<z.ZodInt>>> = z
  .array(z.int())
  .min(1)
  .readonly()
  .default([-1])
  .meta({ description: 'axes to normalize over, counted from either end' })

/** The axes from the front. Throws a ShapeError for axes that x does not have, the batch axis, and axes of unknown length. */
export function axesOf(x: Tensor, given: readonly number[], who: string): number[] {
  const axes = normalizeAxes(who, given, x.shape.length)
  if (axes.includes(0) || axes.some((axis) => x.shape[axis] === dynamic))
    throw new ShapeError({
      who,
      problem: `cannot normalize ${formatShape(x.shape)} over axes [${given.join(', ')}]`,
      expected: 'axes of known length, without that of the batch',
    })
  return axes
}

/** The lengths along the axes: the shape of what is learned. */
export function lengthsAlong(x: Tensor, axes: readonly number[]): Shape {
  return axes.map((axis) => x.shape[axis] as number)
}

/** A tensor of the lengths along the axes, shaped so that it broadcasts along them. */
export function alongAxes(learned: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const first = axes[0] as number
  return reshape(
    learned,
    x.shape.slice(first).map((length, i) => (axes.includes(first + i) ? length : 1)),
  )
}
