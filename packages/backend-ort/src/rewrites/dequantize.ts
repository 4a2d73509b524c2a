// Bytes times a number (images scaled to 0 … 1): one DequantizeLinear instead of a cast and a product; the same numbers.

import type { Tensor } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'

export const dequantize: Rewrite = {
  name: 'dequantize',
  match(tensor, { resolve }) {
    if (tensor.op.name !== 'mul') return undefined
    const [left, right] = tensor.inputs.map(resolve) as [Tensor, Tensor]
    for (const [x, scale] of [
      [left, right],
      [right, left],
    ] as const) {
      const bytes = x.op.name === 'cast' && x.dtype === 'float32' ? x.inputs[0] : undefined
      if (bytes?.dtype === 'uint8' && scale.shape.length === 0)
        return { inputs: [bytes, scale], lower: (sink, names) => sink.node('DequantizeLinear', names) }
    }
    return undefined
  },
}
