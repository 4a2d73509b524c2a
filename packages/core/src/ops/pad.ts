// Adding elements around a tensor: a constant, a mirror image, or the border repeated.

import { ShapeError } from '../errors.ts'
import { dynamic, formatShape, normalizeAxis, sizeOf, stridesOf } from '../tensor/shape.ts'
import { apply, type CompositeOp, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { filled, type Type, type Value } from '../tensor/value.ts'
import { visit } from './elementwise.ts'
import { int64 } from './movement.ts'
import { concat, flip, slice } from './slicing.ts'

/** Elements to add along one axis. */
export interface Padding {
  readonly axis: number
  readonly before: number
  readonly after: number
}

export interface PadOptions {
  /**
   * What is added: a `constant`; a mirror image of the inside, without the border itself (`reflect`: 3 2 | 1 2 3 | 2 1); or the border
   * again and again (`replicate`: 1 1 | 1 2 3 | 3 3). Default constant.
   */
  readonly mode?: 'constant' | 'reflect' | 'replicate' | undefined
  /** The constant. Default 0. */
  readonly value?: number | undefined
}

function constantOp(before: readonly number[], after: readonly number[], value: number): PrimitiveOp {
  return {
    name: 'pad',
    attributes: { before, after, value },
    infer: ([x]) => ({
      dtype: (x as Type).dtype,
      shape: (x as Type).shape.map((length, axis) =>
        length === dynamic ? length : length + (before[axis] as number) + (after[axis] as number),
      ),
    }),
    kernel([x], output) {
      const { data, shape } = x as Value
      const out = filled(output.dtype, output.shape, value).data
      const strides = stridesOf(output.shape)
      const start = before.reduce((offset, count, axis) => offset + count * (strides[axis] as number), 0)
      visit(shape, [strides], (index, [offset]) => {
        out[start + (offset as number)] = data[index] as never
      })
      return out
    },
    gradient: ({ inputs: [x], cotangent }) => [
      slice(
        cotangent,
        before
          .map((start, axis) => ({ axis, start, end: start + ((x as Tensor).shape[axis] as number) }))
          .filter(({ axis }) => (x as Tensor).shape[axis] !== dynamic),
      ),
    ],
    lower(sink, inputs, { dtype }) {
      const pads = int64(sink, [...before, ...after])
      return sink.node(
        'Pad',
        value === 0 ? [...inputs, pads] : [...inputs, pads, sink.constant(filled(dtype, [], value))],
      )
    },
  }
}

/** One part per element of a mirror image, or of a border repeated; nothing where there is nothing to add. */
type Border = (x: Tensor, axis: number, length: number, before: number, after: number) => [Tensor[], Tensor[]]

const reflected: Border = (x, axis, length, before, after) => {
  if (Math.max(before, after) >= length)
    throw new ShapeError({
      who: 'pad',
      problem: `axis ${axis} is too short to be reflected`,
      expected: `a padding of at most ${length - 1}`,
      got: `${before} before and ${after} after ${formatShape(x.shape)}`,
    })
  const mirror = (start: number, end: number) => (end > start ? [flip(slice(x, [{ axis, start, end }]), axis)] : [])
  return [mirror(1, 1 + before), mirror(length - 1 - after, length - 1)]
}

const replicated: Border = (x, axis, length, before, after) => {
  if (length === 0)
    throw new ShapeError({
      who: 'pad',
      problem: `axis ${axis} has no border to repeat`,
      expected: 'at least one element',
      got: formatShape(x.shape),
    })
  const repeat = (start: number, count: number) => {
    const edge = slice(x, [{ axis, start, end: start + 1 }])
    return Array.from({ length: count }, () => edge)
  }
  return [repeat(0, before), repeat(length - 1, after)]
}

const modes = {
  reflect: { name: 'padReflect', onnx: 'reflect', border: reflected },
  replicate: { name: 'padReplicate', onnx: 'edge', border: replicated },
} as const

function borderOp(before: readonly number[], after: readonly number[], mode: keyof typeof modes): CompositeOp {
  const { name, onnx, border } = modes[mode]
  return {
    name,
    attributes: { before, after },
    compose: ([x]) =>
      before.reduce((from, count, axis) => {
        const behind = after[axis] as number
        if (count === 0 && behind === 0) return from
        const [front, back] = border(from, axis, sizeOf([from.shape[axis] as number], 'pad'), count, behind)
        return concat([...front, from, ...back], axis)
      }, x as Tensor),
    lower: (sink, inputs) =>
      sink.node('Pad', [...inputs, int64(sink, [...before, ...after])], { mode: { string: onnx } }),
  }
}

/** Adds elements around x along some axes; zeros unless told otherwise. */
export function pad(
  x: Tensor,
  paddings: readonly Padding[],
  { mode = 'constant', value = 0 }: PadOptions = {},
): Tensor {
  const before = x.shape.map(() => 0)
  const after = x.shape.map(() => 0)
  for (const padding of paddings) {
    const axis = normalizeAxis('pad', padding.axis, x.shape.length)
    if (![padding.before, padding.after].every((count) => Number.isInteger(count) && count >= 0))
      throw new ShapeError({
        who: 'pad',
        problem: 'not a padding',
        expected: 'whole counts ≥ 0',
        got: `${padding.before}, ${padding.after}`,
        hint: 'slice',
      })
    before[axis] = padding.before
    after[axis] = padding.after
  }
  if ([...before, ...after].every((count) => count === 0)) return x
  return apply(mode === 'constant' ? constantOp(before, after, value) : borderOp(before, after, mode), [x])
}
