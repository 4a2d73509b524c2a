// x·w + c in one Gemm, which adds c while it accumulates: saves a pass over the result. c is a bias, or of the result's shape
// (the old velocity, the gradient of a penalty).

import { sameShape, type Tensor } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'
import { lowerGemm, productOf } from './gemm.ts'

export const gemmAdd: Rewrite = {
  name: 'gemm-add',
  match(tensor, { resolve, uses }) {
    if (tensor.op.name !== 'add') return undefined
    const [left, right] = tensor.inputs.map(resolve) as [Tensor, Tensor]
    for (const [x, c] of [
      [left, right],
      [right, left],
    ] as const) {
      const product = productOf(x)
      const fits = sameShape(c.shape, x.shape.slice(1)) || sameShape(c.shape, x.shape)
      // A product that something else needs as well would be computed twice.
      if (product !== undefined && fits && uses(x) === 1)
        return { inputs: [product.a, product.b, c], lower: (sink, names) => lowerGemm(sink, product, names) }
    }
    return undefined
  },
}
