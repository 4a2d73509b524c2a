// Taking elements by index, and its transpose, adding them back.

import { DataError, ShapeError } from '../errors.ts'
import { allocate, type Data, type NumericData } from '../tensor/dtype.ts'
import { formatShape, normalizeAxis, sameShape, sizeOf } from '../tensor/shape.ts'
import { apply, constant, expectDType, expectFloat, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { filled, numbers, type Type, type Value, valueOf } from '../tensor/value.ts'
import { equal } from './compare.ts'
import { reshape, transpose } from './movement.ts'
import { cast } from './select.ts'

/** Reads an index and checks its range. */
export function indexAt(who: string, indices: NumericData, at: number, length: number): number {
  const index = indices[at] as number
  if (index >= 0 && index < length) return index
  throw new DataError({
    who,
    problem: `index ${index} is out of range`,
    expected: `0 to ${length - 1}`,
    got: String(index),
  })
}

function gatherOp(axis: number): PrimitiveOp {
  return {
    name: 'gather',
    attributes: { axis },
    infer(inputs) {
      const [x, indices] = inputs as [Type, Type]
      expectDType('gather', indices, 'int32', 'int64')
      return { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] }
    },
    kernel([x, indices], output) {
      const { shape, data } = x as Value
      const length = shape[axis] as number
      const inner = sizeOf(shape.slice(axis + 1))
      const chosen = numbers(indices as Value)
      const out = allocate(output.dtype, sizeOf(output.shape))
      for (let outer = 0, to = 0; outer < sizeOf(shape.slice(0, axis)); outer++)
        for (let i = 0; i < chosen.length; i++) {
          const from = (outer * length + indexAt('gather', chosen, i, length)) * inner
          for (let k = 0; k < inner; k++) out[to++] = data[from + k] as never
        }
      return out
    },
    gradient({ inputs, cotangent }) {
      const [x, indices] = inputs as [Tensor, Tensor]
      // The axes of the indices go to the front, are added into one axis, and that axis goes back to its place.
      const rank = cotangent.shape.length
      const taken = Array.from({ length: indices.shape.length }, (_, i) => axis + i)
      const others = Array.from({ length: rank }, (_, i) => i).filter((i) => !taken.includes(i))
      const rows = scatterAdd(transpose(cotangent, [...taken, ...others]), indices, x.shape[axis] as number)
      const back = x.shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i))
      return [transpose(rows, back)]
    },
    lower: (sink, inputs) => sink.node('Gather', inputs, { axis: { int: axis } }),
  }
}

/** Slices of x along an axis: indices [...] (int32 or int64, from 0) replace that axis. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return apply(gatherOp(normalizeAxis('gather', axis, x.shape.length)), [x, indices])
}

function scatterAddOp(length: number): PrimitiveOp {
  return {
    name: 'scatterAdd',
    attributes: { length },
    infer(inputs) {
      const [updates, indices] = inputs as [Type, Type]
      expectFloat('scatterAdd', updates)
      expectDType('scatterAdd', indices, 'int32', 'int64')
      const leading = updates.shape.slice(0, indices.shape.length)
      if (!sameShape(leading, indices.shape))
        throw new ShapeError({
          who: 'scatterAdd',
          problem: 'updates and indices differ in their leading axes',
          expected: formatShape(indices.shape),
          got: formatShape(leading),
        })
      return { dtype: updates.dtype, shape: [length, ...updates.shape.slice(indices.shape.length)] }
    },
    kernel([updates, indices], output) {
      const from = numbers(updates as Value)
      const chosen = numbers(indices as Value)
      const inner = sizeOf(output.shape.slice(1))
      const totals = new Float64Array(sizeOf(output.shape))
      for (let i = 0; i < chosen.length; i++) {
        const to = indexAt('scatterAdd', chosen, i, length) * inner
        for (let k = 0; k < inner; k++) totals[to + k] = (totals[to + k] as number) + (from[i * inner + k] as number)
      }
      return rounded(output, totals)
    },
    gradient: ({ inputs: [, indices], cotangent }) => [gather(cotangent, indices as Tensor)],
    lower(sink, inputs, node) {
      const indices = sink.node('Cast', [inputs[1] as string], { to: { dtype: 'int64' } })
      const rank = (node.inputs[1] as Tensor).shape.length
      const columns = sink.node('Unsqueeze', [indices, sink.constant(valueOf('int64', [1], [rank]))])
      return sink.node('ScatterND', [sink.constant(filled(node.dtype, node.shape, 0)), columns, inputs[0] as string], {
        reduction: { string: 'add' },
      })
    },
  }
}

/** Totals in double precision, rounded once to the output's type. */
export function rounded(output: Type, totals: Float64Array): Data {
  const out = allocate(output.dtype, totals.length) as NumericData
  out.set(totals)
  return out
}

/** Adds slices updates: [...indices, rest] into zeros [length, rest] at the indices along the first axis. The transpose of `gather`. */
export function scatterAdd(updates: Tensor, indices: Tensor, length: number): Tensor {
  return apply(scatterAddOp(length), [updates, indices])
}

/** Class indices [...] to float32 [..., depth]: 1 at the class, 0 elsewhere. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  expectDType('oneHot', indices, 'int32')
  const classes = constant(
    valueOf(
      'int32',
      [depth],
      Array.from({ length: depth }, (_, i) => i),
    ),
  )
  return cast(equal(reshape(indices, [...indices.shape, 1]), classes), 'float32')
}
