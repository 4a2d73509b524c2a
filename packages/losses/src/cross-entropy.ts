// Cross-entropy of rows of targets with the softmax of logits, with the short gradient.

import { apply, type CompositeOp, exp, logSoftmax, mul, neg, reshape, sub, sum, type Tensor } from '@gradwerk/core'

const last = { axes: [-1] }

/**
 * −Σ target · log softmax(logits) over the last axis, of logits and targets [batch, …positions, classes]. Where every row of the targets adds
 * up to 1, the gradient is softmax(logits) − target and needs no sum.
 */
export function crossEntropy(logits: Tensor, target: Tensor, rowsAddUpToOne: boolean): Tensor {
  const op: CompositeOp = {
    name: 'crossEntropy',
    attributes: { rowsAddUpToOne },
    // 0 − x, because −x would make a loss of −0.
    compose: ([x, t]) => sub(0, sum(mul(logSoftmax(x as Tensor), t as Tensor), last)),
    gradient({ inputs, cotangent }) {
      const [x, t] = inputs as [Tensor, Tensor]
      const column = reshape(cotangent, [...cotangent.shape, 1])
      const logarithms = logSoftmax(x)
      const probabilities = exp(logarithms)
      const given = rowsAddUpToOne ? probabilities : mul(probabilities, sum(t, { ...last, keepDims: true }))
      return [mul(sub(given, t), column), mul(neg(logarithms), column)]
    },
  }
  return apply(op, [logits, target])
}
