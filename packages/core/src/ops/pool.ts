// What max and average pooling share: the geometry of their windows.

import type { OnnxAttribute } from '../contracts/exporter.ts'
import { ShapeError } from '../errors.ts'
import { dynamic, formatShape, type Shape } from '../tensor/shape.ts'
import { type Attributes, expectFloat, expectRank } from '../tensor/tensor.ts'
import type { Type } from '../tensor/value.ts'
import { type Geometry, geometryOf, type Pair, type Window, windowsAlong } from './window.ts'

export interface PoolingOptions extends Window {
  /** Height and width of the window. */
  readonly size: readonly [number, number]
  /**
   * Whether a last window that reaches beyond the padded image counts: ⌈…⌉ instead of ⌊…⌋ in the number of windows, as far as the window
   * begins in the image or the padding before it (PyTorch's `ceil_mode`). Default false.
   */
  readonly ceilMode?: boolean | undefined
}

export interface Pool extends Geometry {
  readonly size: Pair
  /** Rows and columns beyond the padding that the last windows reach: [bottom, right]. */
  readonly beyond: Pair
}

/** How far the last of ⌈…⌉ windows reaches beyond the padded image. */
function reachBeyond(axis: 0 | 1, length: number, size: number, { strides, padding, dilations }: Geometry): number {
  const stride = strides[axis]
  const start = padding[axis]
  const padded = length + start + padding[(axis + 2) as 2 | 3]
  const covered = dilations[axis] * (size - 1) + 1
  const windows = Math.ceil((padded - covered) / stride) + 1
  const last = ((windows - 1) * stride >= length + start ? windows - 2 : windows - 1) * stride
  return last < 0 ? 0 : Math.max(0, last + covered - padded)
}

/** The windows over an image of the type of x. Strides are the window's size unless given. */
export function poolOf(who: string, x: Type, { size, ceilMode = false, ...window }: PoolingOptions): Pool {
  expectFloat(who, x)
  expectRank(who, 'the image [batch, channels, height, width]', x, 4)
  const geometry = geometryOf(who, { ...window, strides: window.strides ?? size })
  if (geometry.padding.some((zeros, side) => zeros >= (size[side % 2] as number)))
    throw new ShapeError({
      who,
      problem: 'a window may lie in the padding alone',
      expected: `padding below ${formatShape(size)}`,
      got: formatShape(geometry.padding),
    })
  const [, , height = dynamic, width = dynamic] = x.shape
  if (!ceilMode) return { ...geometry, size, beyond: [0, 0] }
  const beyond = [reachBeyond(0, height, size[0], geometry), reachBeyond(1, width, size[1], geometry)] as const
  return { ...geometry, size, beyond }
}

/** The pool with what its windows reach beyond the padding as padding. */
export function covering({ padding: [top, left, bottom, right], beyond, ...pool }: Pool): Pool {
  return { ...pool, padding: [top, left, bottom + beyond[0], right + beyond[1]], beyond: [0, 0] }
}

export function pooledShape(who: string, x: Type, pool: Pool): Shape {
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const whole = covering(pool)
  const output = [
    batch,
    channels,
    windowsAlong(who, 0, height, pool.size[0], whole),
    windowsAlong(who, 1, width, pool.size[1], whole),
  ]
  checkTaps(who, x.shape, output, pool)
  return output
}

/** Refuses dilated windows whose taps all lie in the padding: they have no maximum. */
function checkTaps(who: string, shape: Shape, output: Shape, { size, strides, padding, dilations }: Pool): void {
  for (const axis of [0, 1] as const)
    for (let i = 0; i < (output[axis + 2] as number); i++) {
      const taps = Array.from({ length: size[axis] }, (_, p) => i * strides[axis] - padding[axis] + p * dilations[axis])
      if (!taps.some((at) => at >= 0 && at < (shape[axis + 2] as number)))
        throw new ShapeError({
          who,
          problem: 'a window touches nothing but padding',
          expected: 'at least one element of the image in every window',
          got: `image ${formatShape(shape)}, window ${formatShape(size)} dilated by ${formatShape(dilations)}`,
          hint: 'less padding or dilation',
        })
    }
}

export function poolAttributes({ size, strides, padding, dilations }: Pool): Attributes {
  return { size, strides, padding, dilations }
}

export function onnxPoolAttributes(pool: Pool): Record<'kernel_shape' | 'strides' | 'pads', OnnxAttribute> {
  return { kernel_shape: { ints: pool.size }, strides: { ints: pool.strides }, pads: { ints: pool.padding } }
}
