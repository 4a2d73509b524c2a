// Affine distortion: shift, rotation, scale and shear, alone or together.

import { type Augmentation, parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { warped } from './warp.ts'
import { type AffineOptions, affineRows, type FillOption, fillRow } from './warp-options.ts'

const schema = z.strictObject({ ...affineRows, ...fillRow })

/**
 * Rotates, shears, scales and shifts every image by numbers of its own: y(p) = x(M⁻¹ (p − t)), with p from the centre of the image, M =
 * R(θ) · K(φ) · s and, each uniform, θ in ± `rotation` (counterclockwise), φ in ± `shear` (verticals lean), s in 1 ± `scale` and both
 * components of t in ± `shift` pixels. Between pixels x is bilinear, outside of the image it is `fill`.
 *
 * Shapes: inputs [batch, height, width] or [batch, channels, height, width], which stay; targets of any shape, unchanged.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for inputs that are no images
 * @example
 * ```ts
 * affine({ rotation: 10, shift: 2, scale: 0.1, shear: 5 })
 * ```
 */
export function affine(options: AffineOptions = {}): Augmentation {
  const parsed = parseOptions('affine', schema, options)
  const { fill, ...ranges } = parsed
  return warped('affine', parsed, { affine: ranges, fill })
}

/** A preset with one of the ranges, which is required. */
function alone<K extends keyof typeof affineRows>(
  name: string,
  range: K,
): (first: unknown, rest: FillOption) => Augmentation {
  const { [range]: row } = affineRows
  const own = z.strictObject({ [range]: row.unwrap().meta(row.meta() ?? {}), ...fillRow })
  return (first, rest) => {
    const parsed = parseOptions(name, own, withMainOption(range, first, rest))
    const { fill, ...ranges } = parsed as { fill: number } & Record<string, number | Schedule>
    return warped(name, parsed, { affine: ranges, fill })
  }
}

const shifted = alone('shift', 'shift')
const rotated = alone('rotate', 'rotation')
const scaled = alone('scale', 'scale')
const sheared = alone('shear', 'shear')

/** What a preset takes: its range, or an object with the range and `fill`. */
export type AloneOptions<K extends keyof AffineOptions> = Required<Pick<AffineOptions, K>> & FillOption

/** `affine` with a shift alone, of at most so many pixels in each direction: `shift(2)`. */
export function shift(pixels: number | Schedule | AloneOptions<'shift'>, rest: FillOption = {}): Augmentation {
  return shifted(pixels, rest)
}

/** `affine` with a rotation alone, of at most so many degrees in either direction: `rotate(15)`. */
export function rotate(degrees: number | Schedule | AloneOptions<'rotation'>, rest: FillOption = {}): Augmentation {
  return rotated(degrees, rest)
}

/** `affine` with a change of size alone, of at most this share of it: `scale(0.15)` is a factor from 0.85 to 1.15. */
export function scale(share: number | Schedule | AloneOptions<'scale'>, rest: FillOption = {}): Augmentation {
  return scaled(share, rest)
}

/** `affine` with a shear alone, by which verticals lean at most so many degrees: `shear(10)`. */
export function shear(degrees: number | Schedule | AloneOptions<'shear'>, rest: FillOption = {}): Augmentation {
  return sheared(degrees, rest)
}
