// x·w + b in one Gemm: the bias is where the product is accumulated, which saves a pass over the result.

import { isLeaf, type Tensor } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'

function isProduct({ op, inputs }: Tensor): boolean {
  return op.name === 'matmul' && inputs.every(({ shape }) => shape.length === 2)
}

export const gemmBias: Rewrite = {
  name: 'gemm-bias',
  match(tensor, { resolve, uses }) {
    if (isLeaf(tensor.op) || tensor.op.name !== 'add') return undefined
    const [a, b] = tensor.inputs.map(resolve) as [Tensor, Tensor]
    const [product, bias] = isProduct(a) ? [a, b] : [b, a]
    // A product that something else needs as well would be computed twice.
    if (!isProduct(product) || uses(product) > 1) return undefined
    const [, columns] = product.shape
    if (bias.shape.length !== 1 || bias.shape[0] !== columns) return undefined
    const { transposeA, transposeB } = product.op.attributes as { transposeA: boolean; transposeB: boolean }
    return {
      inputs: [...product.inputs, bias],
      lower: (sink, names) =>
        sink.node('Gemm', names, { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } }),
    }
  },
}
