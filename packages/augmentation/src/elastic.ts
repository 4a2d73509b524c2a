// Elastic distortion (Simard, Steinkraus & Platt 2003), alone or in one sampling with an affine distortion.

import { type Augmentation, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { warped } from './warp.ts'
import { type AffineOptions, affineRows, type ElasticOptions, elasticRows, fillRow } from './warp-options.ts'

const elasticSchema = z.strictObject({ ...elasticRows, ...fillRow })
const warpSchema = z.strictObject({ ...affineRows, ...elasticRows, ...fillRow })

export interface WarpOptions extends AffineOptions, ElasticOptions {}

/**
 * Moves every pixel by a smooth random field: y(p) = x(p + α · (g ∗ n)(p)), where n is noise uniform in [−1, 1) for each pixel and direction and
 * g a Gaussian of width σ with sum 1, cut at 4σ. A displacement has mean 0 and the standard deviation α · Σ g² / √3 pixels, summed over g in one
 * direction, which is near α / (2 √(3π) σ) = 0.163 α / σ.
 *
 * The smoothed fields are prepared once, `fields` of them for each direction. A sample takes one of either direction, each with a sign of its
 * own: (2 · `fields`)² different distortions. They are constants of the program, 32 · `fields` · height · width bytes.
 *
 * Shapes: inputs [batch, height, width] or [batch, channels, height, width], which stay; targets of any shape, unchanged.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for inputs that are no images
 * @example
 * ```ts
 * elastic({ alpha: 34, sigma: 4 }) // Simard's numbers for MNIST
 * ```
 * Simard, Steinkraus & Platt, "Best practices for convolutional neural networks applied to visual document analysis", ICDAR 2003, section
 * 2: the fields are not scaled to norm 1.
 */
export function elastic(options: ElasticOptions = {}): Augmentation {
  const parsed = parseOptions('elastic', elasticSchema, options)
  const { fill, ...part } = parsed
  return warped('elastic', parsed, { elastic: part, fill })
}

/**
 * An affine and an elastic distortion in one sampling, which costs and blurs half of two: y(p) = x(M⁻¹ (p − t) + Δ(p)), with M and t of
 * `affine` and Δ of `elastic`. Their options together, with their defaults.
 *
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for inputs that are no images
 * @example
 * ```ts
 * warp({ alpha: 34, sigma: 4, rotation: 10, scale: 0.1 })
 * ```
 */
export function warp(options: WarpOptions = {}): Augmentation {
  const parsed = parseOptions('warp', warpSchema, options)
  const { fill, alpha, sigma, fields, seed, ...ranges } = parsed
  return warped('warp', parsed, { affine: ranges, elastic: { alpha, sigma, fields, seed }, fill })
}
