// Rectangles of one image in another (Yun et al. 2019).

import {
  type Augmentation,
  add,
  div,
  floor,
  foldKey,
  maximum,
  minimum,
  mul,
  parseOptions,
  type Schedule,
  sqrt,
  sub,
  type Tensor,
  where,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { symmetricBeta } from './beta.ts'
import { perSample, whole } from './draws.ts'
import { imagesOf } from './images.ts'
import { alphaSchema, mixed, partners } from './mix.ts'
import { insideOf } from './rectangle.ts'
import { softTargets } from './targets.ts'

const schema = z.strictObject({
  alpha: alphaSchema.default(1).meta({
    description: 'α of the distribution Beta(α, α) of the shares, > 0; a number or a schedule',
    search: { type: 'float', low: 0.1, high: 2, log: true },
  }),
})

export interface CutmixOptions {
  /** α of the distribution Beta(α, α) of the shares, > 0; a number or a schedule. Default 1: uniform. */
  readonly alpha?: number | Schedule
}

/** From and to along an axis: so long a piece around a uniform pixel, cut to the image. */
function piece(uniform: Tensor, side: Tensor, length: number): readonly [Tensor, Tensor] {
  const size = floor(mul(side, length))
  const start = sub(whole(uniform, length), floor(mul(size, 0.5)))
  return [maximum(start, 0), minimum(add(start, size), length)]
}

/**
 * Puts a rectangle of the next sample of the batch in its place in every image, and mixes their targets by area: with λ from Beta(α, α) the
 * rectangle has the sides √(1 − λ) · height and √(1 − λ) · width, rounded down, around a uniform pixel, and is cut at the border; ỹ_i = μ_i y_i +
 * (1 − μ_i) y_{i+1}, where μ is the share of pixels that stayed. Class indices become probabilities, which a loss has to take.
 *
 * Shapes: inputs [batch, height, width] or [batch, channels, height, width], which stay; targets [batch] of class indices to [batch,
 * classes]; soft targets [batch, …] keep their shape.
 *
 * @param first α, or all options
 * @throws OptionError for an α that is not positive, or, when traced, class indices of a data set that does not count its classes; ShapeError,
 * when traced, for inputs that are no images
 * @example
 * ```ts
 * maybe(0.5, cutmix())
 * ```
 * Yun, Han, Oh, Chun, Choe & Yoo, "CutMix: regularization strategy to train strong classifiers with localizable features", ICCV 2019,
 * equations 1 and 2; its code draws one λ for a batch.
 */
export function cutmix(first: number | Schedule | CutmixOptions = {}): Augmentation {
  const options = parseOptions('cutmix', schema, withMainOption('alpha', first))
  return {
    kind: 'augmentation',
    name: 'cutmix',
    options,
    apply({ inputs, targets }, key, scope) {
      const { batch, height, width, planes, restore } = imagesOf('cutmix', inputs)
      const [u, v, row, column] = perSample(foldKey(key, 'piece'), batch, 4) as [Tensor, Tensor, Tensor, Tensor]
      const side = sqrt(sub(1, symmetricBeta(u, v, scope.hyperparameter('alpha', options.alpha))))
      const [top, bottom] = piece(row, side, height)
      const [left, right] = piece(column, side, width)
      const pasted = insideOf({ top, bottom, left, right }, height, width)
      const kept = sub(1, div(mul(sub(bottom, top), sub(right, left)), height * width)) // [batch, 1]
      return {
        inputs: restore(where(pasted, partners(planes), planes)),
        targets: mixed(softTargets('cutmix', targets, scope.classes), kept),
      }
    },
  }
}
