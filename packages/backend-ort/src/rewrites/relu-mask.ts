// The gradient's mask of a ReLU: `sign` of a number y ≥ 0 is min(1, 3.4e38 · y), exactly so for all normal numbers, which is what
// HardSigmoid computes. ONNX Runtime's Sign takes several times as long.

import type { Rewrite } from '@gradwerk/onnx'

export const reluMask: Rewrite = {
  name: 'relu-mask',
  match(tensor, { resolve }) {
    const [x] = tensor.inputs.map(resolve)
    if (tensor.op.name !== 'sign' || x === undefined || x.op.name !== 'relu') return undefined
    return {
      inputs: [x],
      lower: (sink, names) => sink.node('HardSigmoid', names, { alpha: { float: 3.4e38 }, beta: { float: 0 } }),
    }
  },
}
