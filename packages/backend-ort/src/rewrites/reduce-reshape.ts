// A sum that keeps its axes, reshaped to leave them out (the gradient of a bias): a sum that does not keep them.

import { sameShape, type Tensor, valueOf } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'

export const reduceReshape: Rewrite = {
  name: 'reduce-reshape',
  match(tensor, { resolve, uses }) {
    if (tensor.op.name !== 'reshape') return undefined
    const total = resolve(tensor.inputs[0] as Tensor)
    if (total.op.name !== 'sum' || uses(total) > 1) return undefined
    const { axes, keepDims } = total.op.attributes as { axes: readonly number[]; keepDims: boolean }
    const left = total.shape.filter((_, axis) => !axes.includes(axis))
    if (!keepDims || !sameShape(left, tensor.shape)) return undefined
    return {
      inputs: [total.inputs[0] as Tensor],
      lower: (sink, [x]) =>
        sink.node('ReduceSum', [x as string, sink.constant(valueOf('int64', [axes.length], axes))], {
          keepdims: { int: 0 },
        }),
    }
  },
}
