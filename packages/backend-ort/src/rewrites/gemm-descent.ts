// w − s·(a·b) for a number s, the step of gradient descent: a·(−s·b) + w in one Gemm. Scaling an operand that is smaller than the
// product saves two passes over the product; the numbers differ by rounding.

import { isStatic, sameShape, sizeOf, type Tensor } from '@gradwerk/core'
import type { Rewrite, Surroundings } from '@gradwerk/onnx'
import { lowerGemm, type Product, productOf } from './gemm.ts'

/** The product and the number in s·(a·b), where nothing else uses either product. */
function scaledProduct(
  tensor: Tensor,
  { resolve, uses }: Surroundings,
): { product: Product; scale: Tensor } | undefined {
  if (tensor.op.name !== 'mul' || uses(tensor) > 1) return undefined
  const [left, right] = tensor.inputs.map(resolve) as [Tensor, Tensor]
  for (const [x, scale] of [
    [left, right],
    [right, left],
  ] as const) {
    const product = productOf(x)
    if (product !== undefined && scale.shape.length === 0 && uses(x) === 1) return { product, scale }
  }
  return undefined
}

export const gemmDescent: Rewrite = {
  name: 'gemm-descent',
  match(tensor, surroundings) {
    if (tensor.op.name !== 'sub' || !isStatic(tensor.shape)) return undefined
    const [w, step] = tensor.inputs.map(surroundings.resolve) as [Tensor, Tensor]
    const found = scaledProduct(step, surroundings)
    if (found === undefined || !sameShape(w.shape, tensor.shape)) return undefined
    const { product, scale } = found
    const { a, b } = product
    if (!isStatic(a.shape) || !isStatic(b.shape)) return undefined
    const scalesA = sizeOf(a.shape) < sizeOf(b.shape)
    if (Math.min(sizeOf(a.shape), sizeOf(b.shape)) >= sizeOf(tensor.shape)) return undefined
    return {
      inputs: [a, b, w, scale],
      lower(sink, names) {
        const [left, right, onto, by] = names as [string, string, string, string]
        const scaled = sink.node('Mul', [scalesA ? left : right, sink.node('Neg', [by])])
        return lowerGemm(sink, product, scalesA ? [scaled, right, onto] : [left, scaled, onto])
      },
    }
  },
}
