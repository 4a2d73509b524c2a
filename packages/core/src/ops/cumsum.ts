// Running sums.

import { allocate, type NumericData } from '../tensor/dtype.ts'
import { normalizeAxis, sizeOf, stridesOf } from '../tensor/shape.ts'
import { apply, expectFloat, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { numbers, type Type, type Value, valueOf } from '../tensor/value.ts'

export interface CumsumOptions {
  /** Sum from the end: y[i] = Σ x[k] over k ≥ i. Default false. */
  readonly reverse?: boolean | undefined
}

/** Accumulates in double precision and rounds every sum once. */
function kernel(x: Value, { dtype, shape }: Type, axis: number, reverse: boolean): NumericData {
  const from = numbers(x)
  const out = allocate(dtype, sizeOf(shape)) as NumericData
  const length = shape[axis] as number
  const stride = stridesOf(shape)[axis] as number
  for (let line = 0; length > 0 && line < out.length / length; line++) {
    const start = Math.floor(line / stride) * stride * length + (line % stride)
    let total = 0
    for (let i = 0; i < length; i++) {
      const at = start + (reverse ? length - 1 - i : i) * stride
      total += from[at] as number
      out[at] = total
    }
  }
  return out
}

function cumsumOp(axis: number, reverse: boolean): PrimitiveOp {
  return {
    name: 'cumsum',
    attributes: { axis, reverse },
    infer([x]) {
      const { dtype, shape } = x as Type
      expectFloat('cumsum', { dtype, shape })
      return { dtype, shape }
    },
    kernel: ([x], output) => kernel(x as Value, output, axis, reverse),
    gradient: ({ cotangent }) => [apply(cumsumOp(axis, !reverse), [cotangent])],
    lower: (sink, inputs) =>
      sink.node('CumSum', [...inputs, sink.constant(valueOf('int64', [], [axis]))], {
        reverse: { int: Number(reverse) },
      }),
  }
}

/** Running sums along an axis: y[i] = Σ x[k] over k ≤ i. */
export function cumsum(x: Tensor, axis = -1, { reverse = false }: CumsumOptions = {}): Tensor {
  return apply(cumsumOp(normalizeAxis('cumsum', axis, x.shape.length), reverse), [x])
}
