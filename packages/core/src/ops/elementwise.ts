// What the elementwise families share: the broadcasting loop, and its transpose.

import { ShapeError } from '../errors.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { formatShape, type Shape, sameShape, sizeOf, stridesOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { numbers, type Type, type Value } from '../tensor/value.ts'
import { reshape } from './movement.ts'
import { sum } from './reduce.ts'

/** Whether two shapes have the same number of axes and agree on all of them but one. */
export function sameShapeBut(axis: number, a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, i) => i === axis || length === b[i])
}

/** Strides with which a value is read as if it had the output shape: 0 along broadcast axes. */
export function broadcastStrides(shape: Shape, output: Shape): number[] {
  const strides = stridesOf(shape)
  const missing = output.length - shape.length
  return output.map((_, axis) =>
    axis < missing || shape[axis - missing] === 1 ? 0 : (strides[axis - missing] as number),
  )
}

/** Visits every element of a shape in row-major order with the offsets of several strided views. */
export function visit(
  shape: Shape,
  views: readonly (readonly number[])[],
  body: (index: number, offsets: readonly number[]) => void,
): void {
  const size = sizeOf(shape)
  const position = new Array<number>(shape.length).fill(0)
  const offsets = views.map(() => 0)
  for (let index = 0; index < size; index++) {
    body(index, offsets)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number
      const next = (position[axis] as number) + 1
      const wraps = next === length
      position[axis] = wraps ? 0 : next
      for (let view = 0; view < views.length; view++) {
        const stride = (views[view] as readonly number[])[axis] as number
        offsets[view] = (offsets[view] as number) + (wraps ? stride * (1 - length) : stride)
      }
      if (!wraps) break
    }
  }
}

/** Applies a function of several numbers elementwise, with broadcasting. */
export function mapElements(inputs: readonly Value[], output: Type, f: (...x: number[]) => number): NumericData {
  const size = sizeOf(output.shape)
  const out = allocate(output.dtype, size) as NumericData
  const arrays = inputs.map(numbers)
  const [a, b] = arrays as [NumericData, NumericData]
  if (inputs.every(({ shape }) => sameShape(shape, output.shape)) && arrays.length <= 2) {
    if (arrays.length === 1) for (let i = 0; i < size; i++) out[i] = f(a[i] as number)
    else for (let i = 0; i < size; i++) out[i] = f(a[i] as number, b[i] as number)
    return out
  }
  const strides = inputs.map(({ shape }) => broadcastStrides(shape, output.shape))
  visit(output.shape, strides, (index, offsets) => {
    out[index] = f(...arrays.map((array, view) => array[offsets[view] as number] as number))
  })
  return out
}

/** The transpose of broadcasting: sums a cotangent down to the shape it was broadcast from. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  const missing = x.shape.length - shape.length
  const axes = x.shape.flatMap((length, axis) =>
    axis < missing || (shape[axis - missing] === 1 && length !== 1) ? [axis] : [],
  )
  const summed = axes.length === 0 ? x : sum(x, { axes, keepDims: true })
  if (missing < 0)
    throw new ShapeError({
      who: 'sumTo',
      problem: 'the target has more axes',
      expected: formatShape(shape),
      got: formatShape(x.shape),
    })
  return reshape(summed, shape)
}
