// Taking single elements by index along an axis, and its transpose.

import { ShapeError } from '../errors.ts'
import { allocate } from '../tensor/dtype.ts'
import { formatShape, normalizeAxis, type Shape, sameShape, sizeOf, stridesOf } from '../tensor/shape.ts'
import { apply, expectDType, expectFloat, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { filled, numbers, type Type, type Value } from '../tensor/value.ts'
import { sameShapeBut, visit } from './elementwise.ts'
import { indexAt, rounded } from './gather.ts'

/** Calls `body` with the flat position of each index and that of the element it points at in a tensor of the given shape. */
function everyElement(
  who: string,
  indices: Value,
  shape: Shape,
  axis: number,
  body: (at: number, target: number) => void,
): void {
  const chosen = numbers(indices)
  const strides = stridesOf(shape)
  const along = strides[axis] as number
  visit(indices.shape, [strides.map((stride, i) => (i === axis ? 0 : stride))], (at, [base]) => {
    body(at, (base as number) + indexAt(who, chosen, at, shape[axis] as number) * along)
  })
}

function gatherElementsOp(axis: number): PrimitiveOp {
  return {
    name: 'gatherElements',
    attributes: { axis },
    infer(inputs) {
      const [x, indices] = inputs as [Type, Type]
      expectDType('gatherElements', indices, 'int32', 'int64')
      if (!sameShapeBut(axis, x.shape, indices.shape))
        throw new ShapeError({
          who: 'gatherElements',
          problem: `the shapes differ on another axis than ${axis}`,
          expected: formatShape(x.shape),
          got: formatShape(indices.shape),
        })
      return { dtype: x.dtype, shape: indices.shape }
    },
    kernel([x, indices], output) {
      const out = allocate(output.dtype, sizeOf(output.shape))
      everyElement('gatherElements', indices as Value, (x as Value).shape, axis, (at, target) => {
        out[at] = (x as Value).data[target] as never
      })
      return out
    },
    gradient: ({ inputs: [x, indices], cotangent }) => [
      scatterElementsAdd(cotangent, indices as Tensor, (x as Tensor).shape[axis] as number, axis),
    ],
    lower: (sink, inputs) => sink.node('GatherElements', inputs, { axis: { int: axis } }),
  }
}

/** One element per index along an axis: y[i, j] = x[i, indices[i, j]] for axis 1. The other axes agree. */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  return apply(gatherElementsOp(normalizeAxis('gatherElements', axis, x.shape.length)), [x, indices])
}

function scatterElementsAddOp(axis: number, length: number): PrimitiveOp {
  return {
    name: 'scatterElementsAdd',
    attributes: { axis, length },
    infer(inputs) {
      const [updates, indices] = inputs as [Type, Type]
      expectFloat('scatterElementsAdd', updates)
      expectDType('scatterElementsAdd', indices, 'int32', 'int64')
      if (!sameShape(updates.shape, indices.shape))
        throw new ShapeError({
          who: 'scatterElementsAdd',
          problem: 'updates and indices differ',
          expected: formatShape(indices.shape),
          got: formatShape(updates.shape),
        })
      return { dtype: updates.dtype, shape: updates.shape.with(axis, length) }
    },
    kernel([updates, indices], output) {
      const from = numbers(updates as Value)
      const totals = new Float64Array(sizeOf(output.shape))
      everyElement('scatterElementsAdd', indices as Value, output.shape, axis, (at, target) => {
        totals[target] = (totals[target] as number) + (from[at] as number)
      })
      return rounded(output, totals)
    },
    gradient: ({ inputs: [, indices], cotangent }) => [gatherElements(cotangent, indices as Tensor, axis)],
    lower(sink, inputs, node) {
      const zeros = sink.constant(filled(node.dtype, node.shape, 0))
      return sink.node('ScatterElements', [zeros, inputs[1] as string, inputs[0] as string], {
        axis: { int: axis },
        reduction: { string: 'add' },
      })
    },
  }
}

/** Adds elements into zeros at indices along an axis of the given length. The transpose of `gatherElements`. */
export function scatterElementsAdd(updates: Tensor, indices: Tensor, length: number, axis: number): Tensor {
  return apply(scatterElementsAddOp(normalizeAxis('scatterElementsAdd', axis, updates.shape.length), length), [
    updates,
    indices,
  ])
}
