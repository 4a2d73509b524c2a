// The check that a layer got images.

import { dynamic, formatShape, type LayerContext, ShapeError, type Tensor } from '@gradwerk/core'
import { who } from './who.ts'

/** [channels, height, width] of x: [batch, channels, height, width]. */
export function imageShape(
  name: string,
  x: Tensor,
  context: LayerContext,
): [channels: number, height: number, width: number] {
  const [, channels = dynamic, height = dynamic, width = dynamic] = x.shape
  if (x.shape.length === 4 && channels !== dynamic && height !== dynamic && width !== dynamic)
    return [channels, height, width]
  throw new ShapeError({
    who: who(name, context),
    problem: 'the input is not a batch of images',
    expected: '[batch, channels, height, width]',
    got: formatShape(x.shape),
    hint: 'reshape([channels, height, width]) before it',
  })
}
