// Pooling to an image of a given size. Window i of o along an axis of length n is [⌊i·n/o⌋, ⌈(i+1)·n/o⌉), PyTorch's rule: the windows cover
// the axis, and overlap where o does not divide n.

import { ShapeError } from '../errors.ts'
import { formatShape } from '../tensor/shape.ts'
import { constant, expectFloat, expectRank, type Tensor } from '../tensor/tensor.ts'
import { valueOf } from '../tensor/value.ts'
import { averagePool2d } from './average-pool.ts'
import { gather } from './gather.ts'
import { gatherElements } from './gather-elements.ts'
import { matmul } from './matmul.ts'
import { maxPool2d } from './max-pool.ts'
import { reshape } from './movement.ts'
import { argMax } from './reduce.ts'
import type { Pair } from './window.ts'

/** The elements of each window along an axis. */
function windowsOf(length: number, count: number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * length) / count)
    return Array.from({ length: Math.ceil(((i + 1) * length) / count) - start }, (_, k) => start + k)
  })
}

/** The image's height and width, and the size of the windows where they are all alike and do not overlap. */
function measure(who: string, x: Tensor, size: Pair): { image: Pair; even: Pair | undefined } {
  expectFloat(who, x)
  expectRank(who, 'the image [batch, channels, height, width]', x, 4)
  const [height, width] = x.shape.slice(2) as [number, number]
  if (!size.every((length) => Number.isInteger(length) && length >= 1) || height < 1 || width < 1)
    throw new ShapeError({
      who,
      problem: 'sizes that do not exist',
      expected: 'an image of known size and a whole height and width ≥ 1',
      got: `image ${formatShape(x.shape)} to ${formatShape(size)}`,
    })
  const divides = height % size[0] === 0 && width % size[1] === 0
  return { image: [height, width], even: divides ? [height / size[0], width / size[1]] : undefined }
}

/** The matrix [windows, length] that takes the mean of every window. */
function meanMatrix(length: number, windows: readonly number[][], dtype: Tensor['dtype']): Tensor {
  const rows = windows.flatMap((window) =>
    Array.from({ length }, (_, at) => (window.includes(at) ? 1 / window.length : 0)),
  )
  return constant(valueOf(dtype, [windows.length, length], rows))
}

/** The mean of size[0] × size[1] windows of x: [batch, channels, height, width] → [batch, channels, ...size]. */
export function adaptiveAveragePool2d(x: Tensor, size: Pair): Tensor {
  const { image, even } = measure('adaptiveAveragePool2d', x, size)
  if (even !== undefined) return averagePool2d(x, { size: even })
  // The mean of a rectangle is the mean over its rows of the means of its columns.
  const [rows, columns] = image.map((length, axis) =>
    meanMatrix(length, windowsOf(length, size[axis as 0 | 1]), x.dtype),
  ) as [Tensor, Tensor]
  return matmul(rows, matmul(x, columns, { transposeB: true }))
}

/**
 * The maximum of size[0] × size[1] windows of x: [batch, channels, height, width] → [batch, channels, ...size]. The first maximum of a
 * window in row-major order takes the gradient.
 */
export function adaptiveMaxPool2d(x: Tensor, size: Pair): Tensor {
  const { image, even } = measure('adaptiveMaxPool2d', x, size)
  if (even !== undefined) return maxPool2d(x, { size: even })
  const [rows, columns] = [windowsOf(image[0], size[0]), windowsOf(image[1], size[1])]
  const windows = rows.flatMap((of) => columns.map((across) => of.flatMap((i) => across.map((j) => i * image[1] + j))))
  const most = Math.max(...windows.map(({ length }) => length))
  // Smaller windows repeat their first element, which changes no maximum.
  const taps = windows.flatMap((window) => Array.from({ length: most }, (_, k) => window[k] ?? (window[0] as number)))
  const [batch, channels] = x.shape as [number, number]
  const planes = reshape(x, [batch, channels, image[0] * image[1]])
  const candidates = gather(planes, constant(valueOf('int32', [windows.length, most], taps)), 2) // [batch, channels, windows, taps]
  const winners = reshape(argMax(candidates), [batch, channels, windows.length, 1])
  return reshape(gatherElements(candidates, winners, 3), [batch, channels, ...size])
}
