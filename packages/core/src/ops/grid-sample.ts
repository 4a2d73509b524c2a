// Sampling an image at any place, bilinearly (Jaderberg, Simonyan, Zisserman & Kavukcuoglu 2015, "Spatial transformer networks", eq. 5).

import { ShapeError } from '../errors.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { formatShape, type Shape, sizeOf } from '../tensor/shape.ts'
import { apply, type CompositeOp, expectFloat, expectRank, expectSameDType, type Tensor } from '../tensor/tensor.ts'
import { numbers, type Value } from '../tensor/value.ts'
import { add, mul, sub } from './binary.ts'
import { and, greaterEqual, lessEqual } from './compare.ts'
import { clip } from './composites.ts'
import { gatherElements } from './gather-elements.ts'
import { broadcastTo, reshape } from './movement.ts'
import { cast } from './select.ts'
import { slice } from './slicing.ts'
import { floor } from './unary.ts'

/** The pixels on both sides of a coordinate: positions as floats, and the weights. */
interface Neighbours {
  readonly position: Tensor
  readonly weight: Tensor
}

/** Coordinates in [−1, 1] along an axis of a length to the two nearest pixels. All are [batch, points]. */
function neighbours(normalized: Tensor, length: number): readonly [Neighbours, Neighbours] {
  const at = mul(sub(mul(add(normalized, 1), length), 1), 0.5)
  const before = floor(at)
  const share = sub(at, before)
  return [
    { position: before, weight: sub(1, share) },
    { position: add(before, 1), weight: share },
  ]
}

function inside({ position }: Neighbours, length: number): Tensor {
  return and(greaterEqual(position, 0), lessEqual(position, length - 1))
}

function composed(x: Tensor, grid: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const [, outHeight, outWidth] = grid.shape as [number, number, number]
  const points = outHeight * outWidth
  const planes = reshape(x, [batch, channels, height * width])
  const coordinate = (axis: number) => reshape(slice(grid, [{ axis: 3, start: axis, end: axis + 1 }]), [batch, points]) // [batch, points]
  const [columns, rows] = [neighbours(coordinate(0), width), neighbours(coordinate(1), height)]
  const corners = rows.flatMap((row) =>
    columns.map((column) => {
      const pixel = add(mul(clip(row.position, 0, height - 1), width), clip(column.position, 0, width - 1))
      const index = broadcastTo(reshape(cast(pixel, 'int32'), [batch, 1, points]), [batch, channels, points])
      const counts = cast(and(inside(row, height), inside(column, width)), x.dtype)
      const weight = mul(mul(row.weight, column.weight), counts)
      return mul(gatherElements(planes, index, 2), reshape(weight, [batch, 1, points]))
    }),
  )
  return reshape(corners.reduce(add), [batch, channels, outHeight, outWidth])
}

function kernel([x, grid]: readonly Value[], { dtype, shape }: { dtype: Tensor['dtype']; shape: Shape }): NumericData {
  const [batch, channels, height, width] = (x as Value).shape as [number, number, number, number]
  const [from, places] = [numbers(x as Value), numbers(grid as Value)]
  const points = sizeOf(shape.slice(2))
  const out = allocate(dtype, sizeOf(shape)) as NumericData
  const pixel = (plane: number, row: number, column: number): number =>
    row < 0 || row >= height || column < 0 || column >= width
      ? 0
      : (from[(plane * height + row) * width + column] as number)
  for (let sample = 0; sample < batch; sample++)
    for (let point = 0; point < points; point++) {
      const at = (sample * points + point) * 2
      const column = (((places[at] as number) + 1) * width - 1) / 2
      const row = (((places[at + 1] as number) + 1) * height - 1) / 2
      const left = Math.floor(column)
      const top = Math.floor(row)
      const right = column - left
      const below = row - top
      for (let plane = sample * channels; plane < (sample + 1) * channels; plane++)
        out[plane * points + point] =
          (1 - below) * ((1 - right) * pixel(plane, top, left) + right * pixel(plane, top, left + 1)) +
          below * ((1 - right) * pixel(plane, top + 1, left) + right * pixel(plane, top + 1, left + 1))
    }
  return out
}

const gridSampleOp: CompositeOp = {
  name: 'gridSample',
  attributes: {},
  compose: ([x, grid]) => composed(x as Tensor, grid as Tensor),
  kernel,
  // The mode was renamed in operator set 20.
  lower: (sink, inputs) =>
    sink.node('GridSample', inputs, {
      mode: { string: sink.opset < 20 ? 'bilinear' : 'linear' },
      padding_mode: { string: 'zeros' },
      align_corners: { int: 0 },
    }),
}

/**
 * Samples images at the places of a grid: y[n, c, p, q] = Σ x[n, c, i, j] · max(0, 1 − |v − i|) · max(0, 1 − |u − j|), where (g₀, g₁) =
 * grid[n, p, q] gives the column u = ((g₀ + 1) · width − 1) / 2 and the row v = ((g₁ + 1) · height − 1) / 2. So −1 and 1 are the outer edges
 * of the border pixels (PyTorch's `align_corners=False`), and everything outside of the image is 0. Differentiable in both; the gradient
 * with respect to the grid jumps where a place crosses the centre of a pixel.
 *
 * Shapes: x [batch, channels, height, width], grid [batch, outHeight, outWidth, 2], y [batch, channels, outHeight, outWidth]; all
 * lengths are known.
 */
export function gridSample(x: Tensor, grid: Tensor): Tensor {
  const who = 'gridSample'
  expectFloat(who, x, grid)
  expectSameDType(who, x, grid)
  expectRank(who, 'the image [batch, channels, height, width]', x, 4)
  expectRank(who, 'the grid [batch, outHeight, outWidth, 2]', grid, 4)
  if (x.shape[0] !== grid.shape[0] || grid.shape[3] !== 2)
    throw new ShapeError({
      who,
      problem: 'the grid does not fit the images',
      expected: `[${x.shape[0]}, outHeight, outWidth, 2]`,
      got: formatShape(grid.shape),
    })
  sizeOf(x.shape, who)
  sizeOf(grid.shape, who)
  return apply(gridSampleOp, [x, grid])
}
