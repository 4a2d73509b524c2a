// Ops that cut and join: slice, flip, concat, stack.

import { ShapeError } from '../errors.ts'
import { allocate } from '../tensor/dtype.ts'
import { formatShape, normalizeAxis, sizeOf, stridesOf } from '../tensor/shape.ts'
import { apply, expectSameDType, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import type { Type, Value } from '../tensor/value.ts'
import { sameShapeBut, visit } from './elementwise.ts'
import { copyStrided, int64, reshape } from './movement.ts'
import { pad } from './pad.ts'

/** One range of a slice: from `start` (inclusive) to `end` (exclusive), every `step`-th element. */
export interface Range {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step?: number
}

function sliceOp(axis: number, start: number, end: number, step: number): PrimitiveOp {
  return {
    name: 'slice',
    attributes: { axis, start, end, step },
    infer: ([x]) => ({
      dtype: (x as Type).dtype,
      shape: (x as Type).shape.map((length, i) => (i === axis ? Math.ceil((end - start) / step) : length)),
    }),
    kernel([x], output) {
      const strides = stridesOf((x as Value).shape)
      const from = start * (strides[axis] as number)
      return copyStrided(
        x as Value,
        output,
        strides.map((stride, i) => (i === axis ? stride * step : stride)),
        from,
      )
    },
    gradient: ({ inputs: [x], cotangent }) => [
      unslice(cotangent, axis, start, step, (x as Tensor).shape[axis] as number),
    ],
    lower: (sink, inputs) =>
      sink.node('Slice', [inputs[0] as string, ...[[start], [end], [axis], [step]].map((list) => int64(sink, list))]),
  }
}

/** The transpose of slicing: puts elements back `step` apart, zeros between and around. */
function unslice(x: Tensor, axis: number, start: number, step: number, length: number): Tensor {
  const count = x.shape[axis] as number
  const split = [...x.shape.slice(0, axis), count, 1, ...x.shape.slice(axis + 1)]
  const joined = [...x.shape.slice(0, axis), count * step, ...x.shape.slice(axis + 1)]
  const spread =
    step === 1 ? x : reshape(pad(reshape(x, split), [{ axis: axis + 1, before: 0, after: step - 1 }]), joined)
  const room = length - start
  const cut = count * step > room ? slice(spread, [{ axis, start: 0, end: room }]) : spread
  return pad(cut, [{ axis, before: start, after: room - (cut.shape[axis] as number) }])
}

/** Parts of x along some axes; a negative start or end counts from the end of its axis, and both are cut to the axis. */
export function slice(x: Tensor, ranges: readonly Range[]): Tensor {
  return ranges.reduce((from, range) => {
    const axis = normalizeAxis('slice', range.axis, from.shape.length)
    const length = sizeOf([from.shape[axis] as number], 'slice')
    const place = (i: number) => Math.min(Math.max(i < 0 ? i + length : i, 0), length)
    const start = place(range.start)
    const end = Math.max(place(range.end), start)
    const step = range.step ?? 1
    if (!Number.isInteger(step) || step < 1)
      throw new ShapeError({
        who: 'slice',
        problem: 'not a step',
        expected: 'a whole number ≥ 1',
        got: String(step),
        hint: 'flip',
      })
    return start === 0 && end === length && step === 1 ? from : apply(sliceOp(axis, start, end, step), [from])
  }, x)
}

function flipOp(axis: number): PrimitiveOp {
  return {
    name: 'flip',
    attributes: { axis },
    infer: ([x]) => ({ dtype: (x as Type).dtype, shape: (x as Type).shape }),
    kernel([x], output) {
      const strides = stridesOf((x as Value).shape)
      const last = ((x as Value).shape[axis] as number) - 1
      return copyStrided(
        x as Value,
        output,
        strides.map((stride, i) => (i === axis ? -stride : stride)),
        last * (strides[axis] as number),
      )
    },
    gradient: ({ cotangent }) => [flip(cotangent, axis)],
    lower: (sink, inputs) =>
      sink.node('Slice', [inputs[0] as string, ...[[-1], [-(2 ** 31)], [axis], [-1]].map((list) => int64(sink, list))]),
  }
}

/** x with the order along one axis reversed. */
export function flip(x: Tensor, axis: number): Tensor {
  return apply(flipOp(normalizeAxis('flip', axis, x.shape.length)), [x])
}

function concatOp(axis: number): PrimitiveOp {
  return {
    name: 'concat',
    attributes: { axis },
    infer(inputs) {
      const first = inputs[0] as Type
      for (const type of inputs) {
        expectSameDType('concat', first, type)
        if (!sameShapeBut(axis, first.shape, type.shape))
          throw new ShapeError({
            who: 'concat',
            problem: `the shapes differ on another axis than ${axis}`,
            expected: formatShape(first.shape),
            got: formatShape(type.shape),
          })
      }
      const total = inputs.reduce((length, { shape }) => length + sizeOf([shape[axis] as number], 'concat'), 0)
      return { dtype: first.dtype, shape: first.shape.with(axis, total) }
    },
    kernel(inputs, output) {
      const out = allocate(output.dtype, sizeOf(output.shape))
      const strides = stridesOf(output.shape)
      let start = 0
      for (const { shape, data } of inputs) {
        visit(shape, [strides], (index, [offset]) => {
          out[start + (offset as number)] = data[index] as never
        })
        start += (shape[axis] as number) * (strides[axis] as number)
      }
      return out
    },
    gradient({ inputs, cotangent }) {
      let start = 0
      return inputs.map(({ shape }) => {
        const range = { axis, start, end: start + (shape[axis] as number) }
        start = range.end
        return slice(cotangent, [range])
      })
    },
    lower: (sink, inputs) => sink.node('Concat', inputs, { axis: { int: axis } }),
  }
}

/** Tensors one after another along an existing axis; the other axes agree. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0]
  if (first === undefined)
    throw new ShapeError({ who: 'concat', problem: 'nothing to concatenate', expected: 'at least one tensor' })
  return tensors.length === 1 ? first : apply(concatOp(normalizeAxis('concat', axis, first.shape.length)), tensors)
}

/** Tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const at = normalizeAxis('stack', axis, (tensors[0]?.shape.length ?? 0) + 1)
  return concat(
    tensors.map((x) => reshape(x, x.shape.toSpliced(at, 0, 1))),
    at,
  )
}
