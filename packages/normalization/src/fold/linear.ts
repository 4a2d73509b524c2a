// Products with a kernel that a factor for each of their channels can be moved into.

import { apply, isLeaf, matmul, mul, reshape, type Shape, sum, type Tensor } from '@gradwerk/core'

/** y = L(x, kernel). Vectors have one number for each channel. */
export interface LinearMap {
  readonly input: Tensor
  readonly kernel: Tensor
  /** A vector of the outputs, shaped so that it broadcasts along y. */
  along(vector: Tensor): Tensor
  /** The kernel with which y is multiplied by a vector. */
  scaleOutputs(kernel: Tensor, by: Tensor): Tensor
  /** The kernel with which x counts multiplied by a vector, and y for an x that is the vector everywhere. */
  readonly inputs:
    | { scale(kernel: Tensor, by: Tensor): Tensor; response(kernel: Tensor, to: Tensor): Tensor }
    | undefined
  /** L of other operands. */
  apply(x: Tensor, kernel: Tensor): Tensor
}

/** Kernel [first, second / groups, …] as [groups, first / groups, second / groups, …]. */
function split({ shape }: Tensor, groups: number): Shape {
  const [first, second, ...field] = shape as [number, number, ...number[]]
  return [groups, first / groups, second, ...field]
}

function product(node: Tensor, [input, kernel]: readonly [Tensor, Tensor]): LinearMap | undefined {
  const { transposeA, transposeB } = node.op.attributes as { transposeA: boolean; transposeB: boolean }
  if (transposeA || input.shape.length !== 2 || kernel.shape.length !== 2) return undefined
  const rows = (vector: Tensor) => reshape(vector, [vector.shape[0] as number, 1])
  return {
    input,
    kernel,
    along: (vector) => vector,
    scaleOutputs: (of, by) => mul(of, transposeB ? rows(by) : by),
    inputs: {
      scale: (of, by) => mul(of, transposeB ? by : rows(by)),
      response: (of, to) => reshape(matmul(reshape(to, [1, -1]), of, { transposeB }), [-1]),
    },
    apply: (x, of) => matmul(x, of, { transposeB }),
  }
}

function convolution(node: Tensor, [input, kernel]: readonly [Tensor, Tensor]): LinearMap {
  const { groups, padding } = node.op.attributes as { groups: number; padding: readonly number[] }
  const parts = split(kernel, groups)
  const spread = (vector: Tensor) => reshape(vector, [groups, 1, parts[2] as number, 1, 1])
  const weighted = (of: Tensor, by: Tensor) => mul(reshape(of, parts), spread(by))
  const outputs = kernel.shape[0] as number
  const along = (vector: Tensor) => reshape(vector, [outputs, 1, 1])
  return {
    input,
    kernel,
    along,
    scaleOutputs: (of, by) => mul(of, reshape(by, [outputs, 1, 1, 1])),
    // Zeros around the image are not shifted with it.
    inputs: padding.some((zeros) => zeros > 0)
      ? undefined
      : {
          scale: (of, by) => reshape(weighted(of, by), of.shape),
          response: (of, to) => along(reshape(sum(weighted(of, to), { axes: [2, 3, 4] }), [-1])),
        },
    apply: (x, of) => (isLeaf(node.op) ? node : apply(node.op, [x, of])),
  }
}

function transposedConvolution(node: Tensor, [input, kernel]: readonly [Tensor, Tensor]): LinearMap {
  const { groups } = node.op.attributes as { groups: number }
  const parts = split(kernel, groups)
  const perGroup = parts[2] as number
  return {
    input,
    kernel,
    along: (vector) => reshape(vector, [groups * perGroup, 1, 1]),
    scaleOutputs: (of, by) => reshape(mul(reshape(of, parts), reshape(by, [groups, 1, perGroup, 1, 1])), of.shape),
    inputs: undefined,
    apply: (x, of) => (isLeaf(node.op) ? node : apply(node.op, [x, of])),
  }
}

/** A dense product, a convolution or a transposed one; undefined for any other tensor. */
export function linearMapOf(node: Tensor): LinearMap | undefined {
  if (isLeaf(node.op)) return undefined
  const operands = node.inputs as [Tensor, Tensor]
  switch (node.op.name) {
    case 'matmul':
      return product(node, operands)
    case 'conv2d':
      return convolution(node, operands)
    case 'conv2dInputGradient':
      return transposedConvolution(node, operands)
    default:
      return undefined
  }
}
