// Parts of images that are hidden: random erasing (Zhong et al. 2020) and cutout (DeVries & Taylor 2017).

import {
  type Augmentation,
  add,
  div,
  exp,
  floor,
  foldKey,
  log,
  maximum,
  minimum,
  mul,
  parseOptions,
  type Scope,
  sqrt,
  sub,
  type Tensor,
  where,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { perSample, symmetric, whole } from './draws.ts'
import { type Images, imagesOf } from './images.ts'
import { insideOf, type Rectangle } from './rectangle.ts'

const fill = z.number().default(0).meta({ description: 'the number that hides' })

const eraseSchema = z
  .strictObject({
    smallest: z
      .number()
      .positive()
      .max(1)
      .default(0.02)
      .meta({ description: 'smallest share of the image, in (0, 1]' }),
    largest: z
      .number()
      .positive()
      .max(1)
      .default(0.4)
      .meta({
        description: 'largest share of the image, in (0, 1]',
        search: { type: 'float', low: 0.1, high: 0.5 },
      }),
    aspect: z.number().positive().max(1).default(0.3).meta({
      description: 'smallest ratio of the sides, in (0, 1]; the largest is its inverse',
    }),
    fill,
  })
  .refine(({ smallest, largest }) => smallest <= largest, { path: ['largest'], error: 'at least smallest' })

const cutoutSchema = z.strictObject({
  size: z
    .int()
    .positive()
    .meta({ description: 'side of the square, in pixels', search: { type: 'int', low: 2, high: 16 } }),
  fill,
})

export interface EraseOptions {
  /** Smallest share of the image, in (0, 1]. Default 0.02. */
  readonly smallest?: number
  /** Largest share of the image, in (0, 1], at least `smallest`. Default 0.4. */
  readonly largest?: number
  /** Smallest ratio of the sides, in (0, 1]; the largest is its inverse. Default 0.3. */
  readonly aspect?: number
  /** The number that hides. Default 0. */
  readonly fill?: number
}

export interface CutoutOptions {
  /** Side of the square, in pixels, ≥ 1. */
  readonly size: number
  /** The number that hides. Default 0. */
  readonly fill?: number
}

type Place = (uniform: readonly Tensor[], images: Images, scope: Scope) => Rectangle

function hiding(
  name: string,
  options: Augmentation['options'],
  filling: number,
  draws: number,
  place: Place,
): Augmentation {
  return {
    kind: 'augmentation',
    name,
    options,
    apply({ inputs, targets }, key, scope) {
      const images = imagesOf(name, inputs)
      const rectangle = place(perSample(foldKey(key, 'rectangle'), images.batch, draws), images, scope)
      const hidden = insideOf(rectangle, images.height, images.width)
      return { inputs: images.restore(where(hidden, filling, images.planes)), targets }
    },
  }
}

/** Where a length that is rounded to pixels, at least 1 and at most the whole axis, lies: uniform among the places that hold it. */
function within(uniform: Tensor, length: Tensor, most: number): readonly [Tensor, Tensor] {
  const side = minimum(maximum(floor(add(length, 0.5)), 1), most)
  const start = whole(uniform, sub(most + 1, side))
  return [start, add(start, side)]
}

/**
 * Hides a random rectangle of every image: its area is a share s of the image, uniform from `smallest` to `largest`, and the ratio of its sides
 * r, log-uniform from `aspect` to 1/`aspect`, so that its height is √(s · r · height · width) and its width √(s / r · height · width). Both are
 * rounded to pixels and cut to the image; the place is uniform among those inside. Zhong et al. hide in half of the images: `maybe(0.5,
 * erase())`.
 *
 * Shapes: inputs [batch, height, width] or [batch, channels, height, width], which stay; targets of any shape, unchanged.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for inputs that are no images
 * @example
 * ```ts
 * maybe(0.5, erase({ largest: 0.3 }))
 * ```
 * Zhong, Zheng, Kang, Li & Yang, "Random erasing data augmentation", AAAI 2020, algorithm 1, which draws r uniform and draws again what
 * does not fit.
 */
export function erase(options: EraseOptions = {}): Augmentation {
  const parsed = parseOptions('erase', eraseSchema, options)
  return hiding('erase', parsed, parsed.fill, 4, ([first, second, third, fourth], { height, width }, scope) => {
    const smallest = scope.hyperparameter('smallest', parsed.smallest)
    const largest = scope.hyperparameter('largest', parsed.largest)
    const share = add(smallest, mul(first as Tensor, sub(largest, smallest)))
    const ratio = exp(mul(symmetric(second as Tensor), log(scope.hyperparameter('aspect', parsed.aspect))))
    const area = mul(share, height * width)
    const [top, bottom] = within(third as Tensor, sqrt(mul(area, ratio)), height)
    const [left, right] = within(fourth as Tensor, sqrt(div(area, ratio)), width)
    return { top, bottom, left, right }
  })
}

/**
 * Hides a square of every image: of a side of `size` pixels around a pixel that is uniform in the image, so that it may reach beyond the
 * border.
 *
 * Shapes: inputs [batch, height, width] or [batch, channels, height, width], which stay; targets of any shape, unchanged.
 *
 * @param first the side, or all options
 * @throws OptionError for a size that is no whole number ≥ 1; ShapeError, when traced, for inputs that are no images
 * @example
 * ```ts
 * cutout(8)
 * ```
 * DeVries & Taylor, "Improved regularization of convolutional neural networks with cutout", 2017.
 */
export function cutout(first: number | CutoutOptions, rest: Omit<CutoutOptions, 'size'> = {}): Augmentation {
  const parsed = parseOptions('cutout', cutoutSchema, withMainOption('size', first, rest))
  return hiding('cutout', parsed, parsed.fill, 2, ([first, second], { height, width }, scope) => {
    const size = scope.hyperparameter('size', parsed.size)
    const before = floor(mul(size, 0.5))
    const [top, left] = [sub(whole(first as Tensor, height), before), sub(whole(second as Tensor, width), before)]
    return { top, bottom: add(top, size), left, right: add(left, size) }
  })
}
