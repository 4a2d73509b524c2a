// Convex combinations of samples (Zhang et al. 2018).

import { type Augmentation, foldKey, parseOptions, type Schedule, type Tensor, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { symmetricBeta } from './beta.ts'
import { batchOf, perSample } from './draws.ts'
import { alphaSchema, mixed } from './mix.ts'
import { softTargets } from './targets.ts'

const schema = z.strictObject({
  alpha: alphaSchema.default(0.2).meta({
    description: 'α of the distribution Beta(α, α) of the shares, > 0; a number or a schedule',
    search: { type: 'float', low: 0.05, high: 2, log: true },
  }),
})

export interface MixupOptions {
  /** α of the distribution Beta(α, α) of the shares, > 0; a number or a schedule. Default 0.2. */
  readonly alpha?: number | Schedule
}

/**
 * Mixes every sample with the one behind it in the batch, and their targets alike: x̃_i = λ_i x_i + (1 − λ_i) x_{i+1}, ỹ_i = λ_i y_i + (1 −
 * λ_i) y_{i+1}, with λ_i drawn from Beta(α, α) for each sample. Class indices become probabilities, which a loss has to take.
 *
 * Shapes: inputs [batch, …] of any known shape, which stays; targets [batch] of class indices to [batch, classes]; soft targets [batch, …]
 * keep their shape.
 *
 * @param first α, or all options
 * @throws OptionError for an α that is not positive, or, when traced, class indices of a data set that does not count its classes
 * @example
 * ```ts
 * mixup(0.2)
 * ```
 * Zhang, Cisse, Dauphin & Lopez-Paz, "mixup: beyond empirical risk minimization", ICLR 2018, section 2; its code draws one λ for a batch.
 */
export function mixup(first: number | Schedule | MixupOptions = {}): Augmentation {
  const options = parseOptions('mixup', schema, withMainOption('alpha', first))
  return {
    kind: 'augmentation',
    name: 'mixup',
    options,
    apply({ inputs, targets }, key, scope) {
      const [u, v] = perSample(foldKey(key, 'share'), batchOf(inputs), 2) as [Tensor, Tensor]
      const share = symmetricBeta(u, v, scope.hyperparameter('alpha', options.alpha)) // [batch, 1]
      return { inputs: mixed(inputs, share), targets: mixed(softTargets('mixup', targets, scope.classes), share) }
    },
  }
}
