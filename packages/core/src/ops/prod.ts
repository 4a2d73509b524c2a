// The product over axes. It is composed of products of two, so that its gradients are right at zeros as well, in every order: the
// quotient y / x would not be.

import { normalizeAxes, sizeOf } from '../tensor/shape.ts'
import { apply, type CompositeOp, expectFloat, type Tensor } from '../tensor/tensor.ts'
import { add, mul } from './binary.ts'
import { reshape } from './movement.ts'
import { lowerReduce, type ReduceOptions, reducedShape, sum } from './reduce.ts'
import { concat, slice } from './slicing.ts'

/** The product along an axis, which is kept with length 1: halves are multiplied until one element is left. */
function along(x: Tensor, axis: number): Tensor {
  const length = sizeOf([x.shape[axis] as number], 'prod')
  if (length === 0) return add(sum(x, { axes: [axis], keepDims: true }), 1)
  if (length === 1) return x
  const half = Math.floor(length / 2)
  const part = (start: number, end: number) => slice(x, [{ axis, start, end }])
  const product = mul(part(0, half), part(half, 2 * half))
  return along(length % 2 === 0 ? product : concat([product, part(length - 1, length)], axis), axis)
}

/** Π x over the axes; 1 over none. */
export function prod(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  expectFloat('prod', x)
  const found = normalizeAxes('prod', axes, x.shape.length)
  if (found.length === 0) return x
  const op: CompositeOp = {
    name: 'prod',
    attributes: { axes: found, keepDims },
    compose: ([from]) => reshape(found.reduce(along, from as Tensor), reducedShape(x.shape, found, keepDims)),
    lower: (sink, inputs) => lowerReduce(sink, 'ReduceProd', 18, inputs[0] as string, found, keepDims),
  }
  return apply(op, [x])
}
