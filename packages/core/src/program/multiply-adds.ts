// How much work an expression is, counted in multiply-adds.

import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { topological } from './graph.ts'

/** Multiply-adds of a node; 0 for all but products and convolutions, which are what takes the time. */
function ofNode({ op, inputs, shape }: Tensor): number {
  const [a, b] = inputs as [Tensor, Tensor]
  // A product with constant weights is how sums of windows are written (average pooling), and has a kernel of its own.
  if (inputs.some((from) => from.op.name === 'constant')) return 0
  const convolution = (output: readonly number[], kernel: readonly number[]) => sizeOf(output) * sizeOf(kernel.slice(1))
  switch (op.name) {
    case 'matmul':
      return sizeOf(shape) * (op.attributes['transposeA'] === true ? (a.shape.at(-2) ?? 1) : (a.shape.at(-1) ?? 1))
    case 'conv2d':
      return convolution(shape, b.shape)
    case 'conv2dInputGradient':
      return convolution(a.shape, b.shape)
    case 'conv2dKernelGradient':
      return convolution(b.shape, shape)
    default:
      return 0
  }
}

/**
 * Multiply-adds of the matrix products and convolutions that the given tensors of static shapes take, each node once. Elementwise work,
 * reductions and pooling count nothing. What is in `counted` counts no more, and what counts now is added to it: so work is divided among
 * parts of a graph.
 *
 * Throws a ShapeError for a product with a dynamic axis.
 */
export function multiplyAdds(of: readonly Tensor[], counted: Set<Tensor> = new Set()): number {
  const isNew = (tensor: Tensor) => !counted.has(tensor)
  const nodes = topological(of.filter(isNew), ({ expansion, inputs }) =>
    (expansion === undefined ? inputs : [expansion]).filter(isNew),
  )
  for (const node of nodes) counted.add(node)
  return nodes.reduce((total, node) => total + ofNode(node), 0)
}
