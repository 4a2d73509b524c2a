// Numbers per channel beside tensors [batch, channels, …]: what normalization over the batch is made of.

import { reshape, type Shape, sizeOf, type Tensor } from '@gradwerk/core'

/** The axes of a shape but that of channels. */
export function axesAround(shape: Shape): number[] {
  return shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
}

/** A vector [channels], shaped so that it broadcasts along the channels of x: [batch, channels, …]. */
export function alongChannels(vector: Tensor, x: Tensor): Tensor {
  return reshape(vector, [vector.shape[0] as number, ...x.shape.slice(2).map(() => 1)])
}

/** How many elements every channel has. Throws a ShapeError where the batch is not known. */
export function elementsPerChannel(shape: Shape, who: string): number {
  return sizeOf(
    axesAround(shape).map((axis) => shape[axis] as number),
    who,
  )
}
