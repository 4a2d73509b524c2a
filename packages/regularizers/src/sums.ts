// The two sums that penalties are made of, each with a gradient of one pass over the tensor.

import { abs, apply, type CompositeOp, mul, sign, sum, type Tensor, valueOf } from '@gradwerk/core'

const half = valueOf('float32', [], [0.5])

const squares: CompositeOp = {
  name: 'halfSumOfSquares',
  attributes: {},
  compose: ([x]) => mul(sum(mul(x as Tensor, x as Tensor)), 0.5),
  gradient: ({ inputs: [x], cotangent }) => [mul(x as Tensor, cotangent)],
  lower: (sink, inputs) =>
    sink.node('Mul', [sink.node('ReduceSumSquare', inputs, { keepdims: { int: 0 } }), sink.constant(half)]),
}

const magnitudes: CompositeOp = {
  name: 'sumOfMagnitudes',
  attributes: {},
  compose: ([x]) => sum(abs(x as Tensor)),
  gradient: ({ inputs: [x], cotangent }) => [mul(sign(x as Tensor), cotangent)],
  lower: (sink, inputs) => sink.node('ReduceL1', inputs, { keepdims: { int: 0 } }),
}

/** ½ Σ x² over all elements; gradient x. */
export function halfSumOfSquares(x: Tensor): Tensor {
  return apply(squares, [x])
}

/** Σ |x| over all elements; gradient sign(x), 0 at 0. */
export function sumOfMagnitudes(x: Tensor): Tensor {
  return apply(magnitudes, [x])
}
