// Choosing and converting: where, cast, stopGradient.

import { allocate, type DType, isFloat } from '../tensor/dtype.ts'
import { broadcastShapes, sizeOf } from '../tensor/shape.ts'
import { apply, asTensor, expectDType, expectSameDType, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import type { Type, Value } from '../tensor/value.ts'
import { broadcastStrides, sumTo, visit } from './elementwise.ts'

const whereOp: PrimitiveOp = {
  name: 'where',
  attributes: {},
  infer(inputs) {
    const [condition, a, b] = inputs as [Type, Type, Type]
    expectDType('where', condition, 'bool')
    expectSameDType('where', a, b)
    return {
      dtype: a.dtype,
      shape: broadcastShapes('where', condition.shape, broadcastShapes('where', a.shape, b.shape)),
    }
  },
  kernel(inputs, output) {
    const [condition, a, b] = inputs as [Value, Value, Value]
    const out = allocate(output.dtype, sizeOf(output.shape))
    const strides = inputs.map(({ shape }) => broadcastStrides(shape, output.shape))
    visit(output.shape, strides, (index, [at, i, j]) => {
      out[index] = (condition.data[at as number] === 1 ? a.data[i as number] : b.data[j as number]) as never
    })
    return out
  },
  gradient({ inputs, cotangent }) {
    const [condition, a, b] = inputs as [Tensor, Tensor, Tensor]
    if (!isFloat(a.dtype)) return []
    return [undefined, sumTo(where(condition, cotangent, 0), a.shape), sumTo(where(condition, 0, cotangent), b.shape)]
  },
  lower: (sink, inputs) => sink.node('Where', inputs),
}

/** Elements of a where the condition (bool) holds, else of b; all three broadcast. */
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  const dtype = typeof a === 'number' ? (typeof b === 'number' ? 'float32' : b.dtype) : a.dtype
  return apply(whereOp, [condition, asTensor(a, dtype), asTensor(b, dtype)])
}

function castOp(to: DType): PrimitiveOp {
  return {
    name: 'cast',
    attributes: { to },
    infer: ([x]) => ({ dtype: to, shape: (x as Type).shape }),
    kernel([x], output) {
      const from = (x as { data: ArrayLike<number | bigint> }).data
      const out = allocate(to, from.length)
      if (out instanceof BigInt64Array)
        for (let i = 0; i < out.length; i++) out[i] = BigInt(Math.trunc(Number(from[i])))
      else if (output.dtype === 'bool') for (let i = 0; i < out.length; i++) out[i] = Number(from[i]) === 0 ? 0 : 1
      else for (let i = 0; i < out.length; i++) out[i] = Number(from[i])
      return out
    },
    gradient: ({ inputs: [x], cotangent }) => [
      x !== undefined && isFloat(x.dtype) && isFloat(to) ? cast(cotangent, x.dtype) : undefined,
    ],
    lower: (sink, inputs) => sink.node('Cast', inputs, { to: { dtype: to } }),
  }
}

/** Converts the element type: floats to integers towards zero, anything but 0 to true. */
export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : apply(castOp(to), [x])
}

const stopGradientOp: PrimitiveOp = {
  name: 'stopGradient',
  attributes: {},
  infer: ([x]) => ({ dtype: (x as Type).dtype, shape: (x as Type).shape }),
  kernel: ([x]) => (x as { data: Float32Array }).data.slice(),
  gradient: () => [],
  lower: (sink, inputs) => sink.node('Identity', inputs),
}

/** x itself, but a constant for gradients. */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientOp, [x])
}
