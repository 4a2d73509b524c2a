// The loss of samples and what each of them counts, as training and evaluation use them.

import { div, type Loss, mean, refuseAnswer, type Scope, sum, type Tensor, tensorOf } from '@gradwerk/core'

export interface SampleLosses {
  /** [batch] */
  readonly values: Tensor
  /** What each sample counts in the mean [batch]; undefined: 1. */
  readonly weights: Tensor | undefined
}

/** Traces a loss. Throws a PluginError that names it unless it gives one number for each sample. */
export function sampleLosses(loss: Loss, predictions: Tensor, targets: Tensor, scope: Scope): SampleLosses {
  const perSample = (method: string, answer: Tensor | undefined): Tensor => {
    const tensor = tensorOf(loss, method, answer)
    return tensor.shape.length === 1
      ? tensor
      : refuseAnswer(loss, method, 'one number for each sample, [batch]', tensor)
  }
  const weights = loss.weights?.(predictions, targets, scope)
  return {
    values: perSample('values', loss.values(predictions, targets, scope)),
    weights: weights === undefined ? undefined : perSample('weights', weights),
  }
}

/** `Σ values / Σ weights`. */
export function meanLoss({ values, weights }: SampleLosses): Tensor {
  return weights === undefined ? mean(values) : div(sum(values), sum(weights))
}
