// Batches of images, with or without an axis of channels.

import { expectDType, formatShape, isStatic, reshape, ShapeError, type Tensor } from '@gradwerk/core'

export interface Images {
  readonly batch: number
  readonly channels: number
  readonly height: number
  readonly width: number
  /** The images as [batch, channels, height, width]. */
  readonly planes: Tensor
  /** Images [batch, channels, …, …] with the axes that were given. */
  restore(planes: Tensor): Tensor
}

/** Throws a ShapeError unless inputs are images [batch, height, width] or [batch, channels, height, width] of known size. */
export function imagesOf(who: string, inputs: Tensor): Images {
  expectDType(who, inputs, 'float32')
  const { shape } = inputs
  if ((shape.length !== 3 && shape.length !== 4) || !isStatic(shape))
    throw new ShapeError({
      who,
      problem: 'the inputs are no images',
      expected: '[batch, height, width] or [batch, channels, height, width], all of known length',
      got: formatShape(shape),
    })
  const [batch, height, width] = [shape[0], shape.at(-2), shape.at(-1)] as [number, number, number]
  const channels = shape.length === 4 ? (shape[1] as number) : 1
  const separate = shape.length === 4
  return {
    batch,
    channels,
    height,
    width,
    planes: separate ? inputs : reshape(inputs, [batch, 1, height, width]),
    restore: (planes) => (separate ? planes : reshape(planes, planes.shape.toSpliced(1, 1))),
  }
}
