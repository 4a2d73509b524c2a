// Spatial dropout (Tompson et al. 2015): drops whole channels.

import { formatShape, type Layer, mul, parseOptions, type Schedule, ShapeError, withMainOption } from '@gradwerk/core'
import { type DropoutOptions, derived, dropSchema, keptOf, maskOf } from './drop-probability.ts'

/**
 * Sets whole channels to zero at random while training and scales the others up: `y[n, c, …] = x[n, c, …] · mask[n, c] / (1 − p)`. Neighbouring
 * pixels of a feature map are alike, so that dropping them one by one regularizes little. Without stochastic behaviour it is the identity.
 *
 * Shapes: x [batch, channels, …positions] with one or more axes of positions; y of the same. `dropProbability` p as for `dropout`.
 *
 * Throws an OptionError for a probability outside [0, 1); a ShapeError, when traced, for x without positions.
 *
 * ```ts
 * sequential([conv2d(32, { size: 3 }), relu(), spatialDropout(0.2), conv2d(64, { size: 3 })])
 * ```
 *
 * Tompson, Goroshin, Jain, LeCun & Bregler, "Efficient object localization using convolutional networks", CVPR 2015, section 3.2. PyTorch's
 * `Dropout1d`, `Dropout2d` and `Dropout3d`.
 */
export function spatialDropout(given: number | Schedule | DropoutOptions): Layer {
  const options = parseOptions('spatialDropout', dropSchema, withMainOption('dropProbability', given))
  const { dropProbability } = options
  const keep = keptOf(dropProbability)
  const scale = derived(keep, (probability) => 1 / probability)
  return {
    kind: 'layer',
    name: 'spatialDropout',
    options,
    apply(x, context) {
      if (x.shape.length < 3)
        throw new ShapeError({
          who: `spatialDropout (at ${context.path})`,
          problem: 'there are no positions',
          expected: '[batch, channels, …positions]',
          got: formatShape(x.shape),
          hint: 'dropout',
        })
      if (!context.stochastic || dropProbability === 0) return x
      const whole = x.shape.map((length, axis) => (axis < 2 ? length : 1))
      return mul(x, mul(maskOf(context, keep, x, whole), context.hyperparameter('scale', scale)))
    },
  }
}
