// Samples of sampling at places between pixels.

import * as core from '@gradwerk/core'
import { DTypeError, ShapeError } from '@gradwerk/core'
import { any, type ErrorRow, exactly, float, type OpSample, type SampleInput } from './sample.ts'

/**
 * A grid for images of a height and width: places inside, on the border and outside, each farther from the centre lines of the pixels, where
 * the gradient jumps, than finite differences reach.
 */
function places([batch, rows, columns]: readonly [number, number, number], [height, width]: core.Shape): SampleInput {
  const data = Array.from({ length: batch * rows * columns }, (_, i) => {
    const pixel = (length: number, k: number) => (k % (length + 2)) - 2 + 0.2 + 0.6 * ((k * 0.618) % 1)
    const normalized = (length: number, k: number) => (2 * pixel(length, k) + 1) / length - 1
    return [normalized(width as number, 5 * i + 2), normalized(height as number, 3 * i + 1)]
  })
  return exactly('float32', [batch, rows, columns, 2], data.flat())
}

const sample = (x: core.Tensor, grid: core.Tensor) => core.gridSample(x, grid)

export const samplingSamples: readonly OpSample[] = [
  {
    op: 'gridSample',
    title: 'one channel, inside and outside',
    inputs: [float([2, 1, 4, 5]), places([2, 5, 4], [4, 5])],
    build: sample,
  },
  {
    op: 'gridSample',
    title: 'several channels, a smaller output',
    inputs: [float([2, 3, 3, 4]), places([2, 2, 3], [3, 4])],
    build: sample,
  },
  { op: 'gridSample', title: 'one pixel', inputs: [float([1, 2, 1, 1]), places([1, 3, 3], [1, 1])], build: sample },
  {
    op: 'gridSample',
    title: 'at the centres, and beyond the edges',
    inputs: [float([1, 1, 2, 2]), exactly('float32', [1, 1, 4, 2], [-0.5, -0.5, 0.5, -0.5, -0.5, 0.5, 2.5, 0])],
    build: sample,
    gradient: false,
  },
  {
    op: 'gridSample',
    title: 'of images without a gradient of the grid',
    inputs: [float([1, 2, 3, 3])],
    build: (x) => core.gridSample(x, core.constant(core.filled('float32', [1, 2, 2, 2], 0.1))),
  },
]

export const samplingErrorRows: readonly ErrorRow[] = [
  [
    'gridSample',
    'a grid of another batch',
    [float([2, 1, 3, 3]), float([3, 2, 2, 2])],
    sample,
    ShapeError,
    ['gridSample', '[2, outHeight, outWidth, 2]', '[3, 2, 2, 2]'],
  ],
  [
    'gridSample',
    'places of three coordinates',
    [float([2, 1, 3, 3]), float([2, 2, 2, 3])],
    sample,
    ShapeError,
    ['gridSample', '[2, 2, 2, 3]'],
  ],
  [
    'gridSample',
    'images without channels',
    [float([2, 3, 3]), float([2, 2, 2, 2])],
    sample,
    ShapeError,
    ['gridSample', '4 axes', '[2, 3, 3]'],
  ],
  [
    'gridSample',
    'bytes',
    [any('uint8', [2, 1, 3, 3]), float([2, 2, 2, 2])],
    sample,
    DTypeError,
    ['gridSample', 'uint8'],
  ],
]
