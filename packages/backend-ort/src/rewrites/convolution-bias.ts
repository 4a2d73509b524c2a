// A convolution plus a bias in one Conv, which saves a pass over the result.

import type { Rewrite } from '@gradwerk/onnx'
import { convolutionAttributes, convolutionOf, operands } from './convolution.ts'

export const convolutionBias: Rewrite = {
  name: 'convolution-bias',
  match(tensor, surroundings) {
    const convolution = convolutionOf(tensor, surroundings)
    if (convolution?.bias === undefined) return undefined
    return {
      inputs: operands(convolution),
      lower: (sink, names) => sink.node('Conv', names, convolutionAttributes(convolution.geometry)),
    }
  },
}
