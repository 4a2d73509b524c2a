// Smooth random displacement fields (Simard, Steinkraus & Platt 2003, "Best practices for convolutional neural networks applied to visual
// document analysis", section 2), prepared once.

import { fold, keyOf, type RandomStream, randomStream, type Value, valueOf } from '@gradwerk/core'

export interface BankOptions {
  /** Standard deviation of the Gaussian, in pixels. */
  readonly sigma: number
  /** Number of fields of each direction; their negatives come on top. */
  readonly fields: number
  readonly seed: number
}

/** A Gaussian at whole distances up to 4σ, with sum 1. */
export function gaussian(sigma: number): Float64Array {
  const radius = Math.ceil(4 * sigma)
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}

/** Convolves along rows, keeping what needs no border, and transposes: [rows, columns] → [columns − length + 1, rows]. */
function smoothed(from: Float64Array, rows: number, columns: number, kernel: Float64Array): Float64Array {
  const kept = columns - kernel.length + 1
  const out = new Float64Array(kept * rows)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < kept; j++) {
      let total = 0
      for (let k = 0; k < kernel.length; k++) total += (kernel[k] as number) * (from[i * columns + j + k] as number)
      out[j * rows + i] = total
    }
  return out
}

/**
 * Noise uniform in [−1, 1), smoothed by a Gaussian in both directions: [height, width]. The noise reaches beyond the image by the radius of the
 * kernel, so that the border is as any other place. Its standard deviation is Σ g² / √3.
 */
export function smoothNoise(random: RandomStream, height: number, width: number, kernel: Float64Array): Float64Array {
  const [rows, columns] = [height + kernel.length - 1, width + kernel.length - 1]
  const noise = Float64Array.from({ length: rows * columns }, () => 2 * random.uniform() - 1)
  return smoothed(smoothed(noise, rows, columns, kernel), width, rows, kernel)
}

/** Fields of one direction and their negatives as rows [2 · fields, height · width · 2]: (Δ, 0) or (0, Δ) at each pixel, times 2 / length. */
function bankOf(direction: 0 | 1, { sigma, fields, seed }: BankOptions, height: number, width: number): Value {
  const random = randomStream(fold(keyOf(seed), 'displacement')).child(direction)
  const points = height * width
  const unit = 2 / (direction === 0 ? width : height)
  const kernel = gaussian(sigma)
  const bank = new Float64Array(2 * fields * points * 2)
  for (let field = 0; field < fields; field++) {
    const noise = smoothNoise(random.child(field), height, width, kernel)
    for (let point = 0; point < points; point++) {
      const displacement = unit * (noise[point] as number)
      bank[(field * points + point) * 2 + direction] = displacement
      bank[((fields + field) * points + point) * 2 + direction] = -displacement
    }
  }
  return valueOf('float32', [2 * fields, points * 2], bank)
}

/** The banks of displacements to the right and downwards. */
export function displacementBank(options: BankOptions, height: number, width: number): readonly [Value, Value] {
  return [bankOf(0, options, height, width), bankOf(1, options, height, width)]
}
