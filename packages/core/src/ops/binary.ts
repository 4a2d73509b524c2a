// Elementwise functions of two tensors with broadcasting: arithmetic, and bit operations on uint32.

import type { DType } from '../tensor/dtype.ts'
import { broadcastShapes, sameShape } from '../tensor/shape.ts'
import {
  apply,
  asTensor,
  expectDType,
  expectFloat,
  expectSameDType,
  type PrimitiveOp,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Type } from '../tensor/value.ts'
import { greater } from './compare.ts'
import { mapElements, sumTo } from './elementwise.ts'
import { where } from './select.ts'
import { log, neg, sign } from './unary.ts'

type Operand = Tensor | number
type Binary = (a: Operand, b: Operand) => Tensor
type Derivative = (cotangent: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor

interface Row {
  readonly onnx: string
  readonly dtypes: 'float' | readonly DType[]
  readonly f: (a: number, b: number) => number
  readonly integer?: (a: number, b: number) => number
  readonly derivatives?: readonly [Derivative, Derivative]
  readonly direction?: 'LEFT' | 'RIGHT'
}

const arithmetic: readonly DType[] = ['float32', 'float64', 'int32', 'uint32']

/** The types and element type of two operands, of which one may be a plain number. */
function operands(name: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const dtype = typeof a === 'number' ? (typeof b === 'number' ? 'float32' : b.dtype) : a.dtype
  const left = asTensor(a, dtype)
  const right = asTensor(b, dtype)
  expectSameDType(name, left, right)
  return [left, right]
}

/** An operand that was broadcast to the shape of the other needs not be: the op broadcasts by itself. */
function unexpanded(x: Tensor, other: Tensor): Tensor {
  const source = x.op.name === 'broadcastTo' ? x.inputs[0] : undefined
  return source !== undefined && sameShape(x.shape, other.shape) ? source : x
}

export function inferBinary(name: string, inputs: readonly Type[], dtype?: DType): Type {
  const [a, b] = inputs as [Type, Type]
  expectSameDType(name, a, b)
  return { dtype: dtype ?? a.dtype, shape: broadcastShapes(name, a.shape, b.shape) }
}

function binary(name: string, row: Row): Binary {
  const op: PrimitiveOp = {
    name,
    attributes: {},
    infer(inputs) {
      if (row.dtypes === 'float') expectFloat(name, ...inputs)
      else for (const type of inputs) expectDType(name, type, ...row.dtypes)
      return inferBinary(name, inputs)
    },
    kernel: (inputs, output) =>
      mapElements(inputs, output, output.dtype.includes('int') ? (row.integer ?? row.f) : row.f),
    gradient({ inputs, output, cotangent }) {
      const [a, b] = inputs as [Tensor, Tensor]
      return (
        row.derivatives?.map((derivative, i) =>
          sumTo(derivative(cotangent, a, b, output), (inputs[i] as Tensor).shape),
        ) ?? []
      )
    },
    lower: (sink, inputs) => sink.node(row.onnx, inputs, row.direction && { direction: { string: row.direction } }),
  }
  return (a, b) => {
    const [left, right] = operands(name, a, b)
    const first = unexpanded(left, right)
    // One of the two keeps the shape of the result.
    return apply(op, [first, first === left ? unexpanded(right, left) : right])
  }
}

/** a + b */
export const add: Binary = binary('add', {
  onnx: 'Add',
  dtypes: arithmetic,
  f: (a, b) => a + b,
  derivatives: [(ct) => ct, (ct) => ct],
})
/** a − b */
export const sub: Binary = binary('sub', {
  onnx: 'Sub',
  dtypes: arithmetic,
  f: (a, b) => a - b,
  derivatives: [(ct) => ct, (ct) => neg(ct)],
})
/** a · b */
export const mul: Binary = binary('mul', {
  onnx: 'Mul',
  dtypes: arithmetic,
  f: (a, b) => a * b,
  integer: Math.imul,
  derivatives: [(ct, _, b) => mul(ct, b), (ct, a) => mul(ct, a)],
})
/** a / b */
export const div: Binary = binary('div', {
  onnx: 'Div',
  dtypes: 'float',
  f: (a, b) => a / b,
  derivatives: [(ct, _, b) => div(ct, b), (ct, _, b, y) => neg(div(mul(ct, y), b))],
})
/** aᵇ; the derivative with respect to b is 0 where a ≤ 0. */
export const pow: Binary = binary('pow', {
  onnx: 'Pow',
  dtypes: 'float',
  f: (a, b) => a ** b,
  derivatives: [
    (ct, a, b) => mul(ct, mul(b, pow(a, sub(b, 1)))),
    (ct, a, _, y) => mul(ct, mul(y, log(where(greater(a, 0), a, 1)))),
  ],
})
/** The larger one; at a tie each operand gets half of the cotangent. */
export const maximum: Binary = binary('maximum', {
  onnx: 'Max',
  dtypes: 'float',
  f: (a, b) => Math.max(a, b),
  derivatives: [(ct, a, b) => mul(ct, share(a, b)), (ct, a, b) => mul(ct, share(b, a))],
})
/** The smaller one; at a tie each operand gets half of the cotangent. */
export const minimum: Binary = binary('minimum', {
  onnx: 'Min',
  dtypes: 'float',
  f: (a, b) => Math.min(a, b),
  derivatives: [(ct, a, b) => mul(ct, share(b, a)), (ct, a, b) => mul(ct, share(a, b))],
})

/** 1 where a > b, ½ where they are equal, else 0. */
function share(a: Tensor, b: Tensor): Tensor {
  return add(mul(sign(sub(a, b)), 0.5), 0.5)
}

const bits: readonly DType[] = ['uint32']
export const bitwiseAnd: Binary = binary('bitwiseAnd', { onnx: 'BitwiseAnd', dtypes: bits, f: (a, b) => a & b })
export const bitwiseOr: Binary = binary('bitwiseOr', { onnx: 'BitwiseOr', dtypes: bits, f: (a, b) => a | b })
export const bitwiseXor: Binary = binary('bitwiseXor', { onnx: 'BitwiseXor', dtypes: bits, f: (a, b) => a ^ b })
/** a · 2ᵇ modulo 2³², b from 0 to 31. */
export const shiftLeft: Binary = binary('shiftLeft', {
  onnx: 'BitShift',
  dtypes: bits,
  f: (a, b) => a << b,
  direction: 'LEFT',
})
/** ⌊a / 2ᵇ⌋, b from 0 to 31. */
export const shiftRight: Binary = binary('shiftRight', {
  onnx: 'BitShift',
  dtypes: bits,
  f: (a, b) => a >>> b,
  direction: 'RIGHT',
})
