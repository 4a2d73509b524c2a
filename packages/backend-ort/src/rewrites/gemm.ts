// What the rules around Gemm share: y = α·a·b + β·c, with c broadcast to y.

import { isLeaf, type OnnxSink, type Tensor } from '@gradwerk/core'

/** A product of two matrices, which the standard lowering makes a Gemm without c. */
export interface Product {
  readonly tensor: Tensor
  readonly a: Tensor
  readonly b: Tensor
}

export function productOf(tensor: Tensor): Product | undefined {
  const [a, b] = tensor.inputs
  if (isLeaf(tensor.op) || tensor.op.name !== 'matmul' || a?.shape.length !== 2 || b?.shape.length !== 2)
    return undefined
  return { tensor, a, b }
}

/** The Gemm of a product with c added. */
export function lowerGemm(sink: OnnxSink, { tensor }: Product, names: readonly string[]): string {
  const { transposeA, transposeB } = tensor.op.attributes as { transposeA: boolean; transposeB: boolean }
  return sink.node('Gemm', names, { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } })
}
