// How many steps one call of the backend does unless told otherwise.

import { type Program, resultsOf, sizeOf, type Tensor, topological } from '@gradwerk/core'

/** A quarter of a second or so on one core: long enough that a call costs nothing, short enough to stop and to report. */
const multiplyAddsPerCall = 16e9
const mostSteps = 64

/** Multiply-adds of a node; 0 for all but products and convolutions, which are what takes the time. */
function nodeMultiplyAdds({ op, inputs, shape }: Tensor): number {
  const [a, b] = inputs as [Tensor, Tensor]
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

/** Multiply-adds of the matrix products and convolutions of one step of a program of static shapes. */
export function multiplyAdds(program: Program): number {
  const nodes = topological(resultsOf(program), ({ expansion, inputs }) =>
    expansion === undefined ? inputs : [expansion],
  )
  return nodes.reduce((total, node) => total + nodeMultiplyAdds(node), 0)
}

/** As many steps as make a call of useful length, from 1 to 64. It depends on the program alone, so callbacks act at the same steps everywhere. */
export function defaultStepsPerCall(program: Program): number {
  return Math.min(Math.max(Math.floor(multiplyAddsPerCall / Math.max(multiplyAdds(program), 1)), 1), mostSteps)
}
