// Ops that move elements without computing: reshape, transpose, broadcastTo.

import { ShapeError } from '../errors.ts'
import { allocate, type Data } from '../tensor/dtype.ts'
import {
  broadcastShapes,
  checkShape,
  formatShape,
  isStatic,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from '../tensor/shape.ts'
import { apply, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { type Type, type Value, valueOf } from '../tensor/value.ts'
import { broadcastStrides, sumTo, visit } from './elementwise.ts'

/** Copies elements of a value, read with strides from an offset, into a fresh array of the output's size. */
export function copyStrided(from: Value, output: Type, strides: readonly number[], start = 0): Data {
  const out = allocate(output.dtype, sizeOf(output.shape))
  visit(output.shape, [strides], (index, [offset]) => {
    out[index] = from.data[start + (offset as number)] as never
  })
  return out
}

/** A list of whole numbers as an ONNX constant. */
export function int64(sink: Parameters<PrimitiveOp['lower']>[0], list: readonly number[]): string {
  return sink.constant(valueOf('int64', [list.length], list))
}

/** The concrete shape behind a target in which one length may be −1 (whatever is left). */
function resolve(shape: Shape, target: Shape): number[] {
  const refuse = (): never => {
    throw new ShapeError({
      who: 'reshape',
      problem: 'the number of elements changes',
      expected: formatShape(shape),
      got: formatShape(target),
    })
  }
  const open = target.indexOf(-1)
  if (open !== target.lastIndexOf(-1))
    throw new ShapeError({
      who: 'reshape',
      problem: 'more than one length is left open',
      expected: 'at most one -1',
      got: `[${target.join(', ')}]`,
    })
  const known = target.reduce((product, length, axis) => (axis === open ? product : product * length), 1)
  if (!isStatic(shape)) return open === -1 ? refuse() : [...target]
  const size = sizeOf(shape)
  if (open === -1) return known === size ? [...target] : refuse()
  if (known === 0 ? size !== 0 : size % known !== 0) refuse()
  return target.map((length, axis) => (axis === open ? (known === 0 ? 0 : size / known) : length))
}

function reshapeOp(target: Shape): PrimitiveOp {
  return {
    name: 'reshape',
    attributes: { shape: target },
    infer: ([x]) => ({ dtype: (x as Type).dtype, shape: resolve((x as Type).shape, target) }),
    kernel: ([x]) => (x as Value).data.slice(),
    gradient: ({ inputs: [x], cotangent }) => [reshape(cotangent, (x as Tensor).shape)],
    lower: (sink, inputs) =>
      sink.node(
        'Reshape',
        [inputs[0] as string, int64(sink, target)],
        target.includes(0) ? { allowzero: { int: 1 } } : {},
      ),
  }
}

/** The same elements in another shape. One length may be −1: whatever is left. A dynamic axis must be the one left open. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  checkShape('reshape', shape)
  return apply(reshapeOp([...shape]), [x])
}

function transposeOp(axes: readonly number[]): PrimitiveOp {
  const inverse = axes.map((_, axis) => axes.indexOf(axis))
  return {
    name: 'transpose',
    attributes: { axes },
    infer: ([x]) => ({ dtype: (x as Type).dtype, shape: axes.map((axis) => (x as Type).shape[axis] as number) }),
    kernel([x], output) {
      const strides = stridesOf((x as Value).shape)
      return copyStrided(
        x as Value,
        output,
        axes.map((axis) => strides[axis] as number),
      )
    },
    gradient: ({ cotangent }) => [transpose(cotangent, inverse)],
    lower: (sink, inputs) => sink.node('Transpose', inputs, { perm: { ints: axes } }),
  }
}

/** Reorders axes: axis i of the result is axis `axes[i]` of x. Reverses all axes by default. */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  const rank = x.shape.length
  const order = (axes ?? x.shape.map((_, axis) => rank - 1 - axis)).map((axis) =>
    normalizeAxis('transpose', axis, rank),
  )
  if (order.length !== rank || new Set(order).size !== rank)
    throw new ShapeError({
      who: 'transpose',
      problem: 'not an order of the axes',
      expected: `each of ${rank} axes once`,
      got: `[${order.join(', ')}]`,
    })
  return order.every((axis, i) => axis === i) ? x : apply(transposeOp(order), [x])
}

function broadcastToOp(target: Shape): PrimitiveOp {
  return {
    name: 'broadcastTo',
    attributes: { shape: target },
    infer([x]) {
      const { dtype, shape } = x as Type
      if (!sameShape(broadcastShapes('broadcastTo', shape, target), target))
        throw new ShapeError({
          who: 'broadcastTo',
          problem: 'the shape does not broadcast to the target',
          expected: formatShape(target),
          got: formatShape(shape),
        })
      return { dtype, shape: target }
    },
    kernel: ([x], output) => copyStrided(x as Value, output, broadcastStrides((x as Value).shape, output.shape)),
    gradient: ({ inputs: [x], cotangent }) => [sumTo(cotangent, (x as Tensor).shape)],
    lower(sink, inputs) {
      sizeOf(target, 'broadcastTo')
      return sink.node('Expand', [inputs[0] as string, int64(sink, target)])
    },
  }
}

/** Repeats x along axes of length 1 and along new leading axes until it has the shape. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(broadcastToOp([...shape]), [x])
}
