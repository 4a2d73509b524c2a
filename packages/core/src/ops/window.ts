// How a window moves over an image: what convolution and pooling share.

import { DataError, ShapeError } from '../errors.ts'

export type Pair = readonly [height: number, width: number]

/** How a window moves over an image. */
export interface Window {
  /** Distance between neighbouring windows. Default [1, 1]. */
  readonly strides?: Pair | undefined
  /** Zeros around the image: [top, left, bottom, right]. Default none. */
  readonly padding?: readonly [number, number, number, number] | undefined
  /** Distance between neighbouring taps of the kernel. Default [1, 1]. */
  readonly dilations?: Pair | undefined
}

export interface ConvolutionOptions extends Window {
  /** Channels are split into so many groups that do not mix. Default 1. */
  readonly groups?: number | undefined
}

export interface Geometry {
  readonly strides: Pair
  readonly padding: readonly [number, number, number, number]
  readonly dilations: Pair
  readonly groups: number
}

export function geometryOf(
  who: string,
  { strides = [1, 1], padding = [0, 0, 0, 0], dilations = [1, 1], groups = 1 }: ConvolutionOptions,
): Geometry {
  const whole = (list: readonly number[], least: number) => list.every((x) => Number.isInteger(x) && x >= least)
  if (!whole([...strides, ...dilations, groups], 1) || !whole(padding, 0))
    throw new DataError({
      who,
      problem: 'a window that does not exist',
      expected: 'whole strides, dilations and groups ≥ 1 and padding ≥ 0',
      got: JSON.stringify({ strides, padding, dilations, groups }),
    })
  return { strides, padding, dilations, groups }
}

/** Number of windows along an axis (0 height, 1 width): ⌊(n + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. */
export function windowsAlong(
  who: string,
  axis: 0 | 1,
  length: number,
  kernel: number,
  { strides, padding, dilations }: Geometry,
): number {
  const padded = length + padding[axis] + padding[(axis + 2) as 2 | 3]
  const count = Math.floor((padded - dilations[axis] * (kernel - 1) - 1) / strides[axis]) + 1
  if (count >= 1) return count
  throw new ShapeError({
    who,
    problem: 'the kernel is larger than the padded image',
    expected: `at most ${padded}`,
    got: String(kernel),
  })
}
