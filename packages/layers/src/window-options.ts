// Windows that move over images: sizes and paddings as people write them.

import { z } from 'zod'

/** One number for height and width, or both. */
export type Size = number | readonly [height: number, width: number]

/**
 * Zeros around an image: none (`valid`); as many as make the output ⌈length / stride⌉ long, an odd one at the bottom and right (`same`);
 * a number for all sides; [vertical, horizontal]; or [top, left, bottom, right].
 */
export type PaddingOption = 'valid' | 'same' | Border

/** Rows and columns around an image: a number for all sides; [vertical, horizontal]; or [top, left, bottom, right]. */
export type Border = number | readonly [number, number] | readonly [number, number, number, number]

type Pair = readonly [height: number, width: number]
type Sides = readonly [top: number, left: number, bottom: number, right: number]

const length = z.int().positive()
const zeros = z.int().nonnegative()

export const sizeSchema: z.ZodType<Size, Size> = z.union([length, z.tuple([length, length]).readonly()], {
  error: 'a whole number ≥ 1 or [height, width]',
})

/** One number ≥ 0 for height and width, or both. */
export const extentSchema: z.ZodType<Size, Size> = z.union([zeros, z.tuple([zeros, zeros]).readonly()], {
  error: 'a whole number ≥ 0 or [height, width]',
})

const borders = [zeros, z.tuple([zeros, zeros]).readonly(), z.tuple([zeros, zeros, zeros, zeros]).readonly()] as const

export const borderSchema: z.ZodType<Border, Border> = z.union(borders, {
  error: 'a whole number ≥ 0, [vertical, horizontal] or [top, left, bottom, right]',
})

export const paddingSchema: z.ZodType<PaddingOption, PaddingOption> = z.union([z.enum(['valid', 'same']), ...borders], {
  error: "'valid', 'same', a whole number ≥ 0, [vertical, horizontal] or [top, left, bottom, right]",
})

export function pairOf(size: Size): Pair {
  return typeof size === 'number' ? [size, size] : size
}

export function sidesOf(border: Border): Sides {
  if (typeof border === 'number') return [border, border, border, border]
  const [top, left, bottom = top, right = left] = border
  return [top, left, bottom, right]
}

interface WindowOptions {
  readonly size: Size
  readonly strides: Size
  readonly padding: PaddingOption
  readonly dilations: Size
}

/** The zeros along one axis that make ⌈length / stride⌉ windows fit. */
function samePadding(length: number, size: number, stride: number, dilation: number): [before: number, after: number] {
  const covered = (Math.ceil(length / stride) - 1) * stride + dilation * (size - 1) + 1
  const missing = Math.max(0, covered - length)
  return [Math.floor(missing / 2), Math.ceil(missing / 2)]
}

function paddingOf({ size, strides, padding, dilations }: WindowOptions, image: Pair): Sides {
  if (padding === 'valid') return [0, 0, 0, 0]
  if (padding !== 'same') return sidesOf(padding)
  const [[top, bottom], [left, right]] = ([0, 1] as const).map((axis) =>
    samePadding(image[axis], pairOf(size)[axis], pairOf(strides)[axis], pairOf(dilations)[axis]),
  ) as [[number, number], [number, number]]
  return [top, left, bottom, right]
}

/** The window in numbers, for an image of a height and width. */
export function windowOf(
  options: WindowOptions,
  image: Pair,
): { readonly size: Pair; readonly strides: Pair; readonly dilations: Pair; readonly padding: Sides } {
  return {
    size: pairOf(options.size),
    strides: pairOf(options.strides),
    dilations: pairOf(options.dilations),
    padding: paddingOf(options, image),
  }
}
