// Layers that shrink images to a given size.

import {
  adaptiveAveragePool2d as average,
  type Layer,
  adaptiveMaxPool2d as maximum,
  parseOptions,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { imageShape } from './image.ts'
import { pairOf, type Size, sizeSchema } from './window-options.ts'

const schema = z.strictObject({ size: sizeSchema.meta({ description: 'height and width of the output' }) })

export interface AdaptivePool2dOptions {
  /** Height and width of the output, in pixels. */
  readonly size: Size
}

function adaptivePool(
  name: string,
  first: Size | AdaptivePool2dOptions,
  pool: (x: Tensor, size: readonly [number, number]) => Tensor,
): Layer {
  const options = parseOptions(name, schema, withMainOption('size', first))
  return {
    kind: 'layer',
    name,
    options,
    apply(x, context) {
      imageShape(name, x, context)
      return pool(x, pairOf(options.size))
    },
  }
}

/**
 * The mean of windows that divide the image into `size` rows and columns: row i of o is the mean of rows ⌊i · height / o⌋ to
 * ⌈(i + 1) · height / o⌉ − 1 (PyTorch's rule: windows cover the image, and overlap where o does not divide it).
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels, ...size].
 *
 * @param first the size, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([conv2d(64, { size: 3 }), relu(), adaptiveAveragePool2d(4), flatten(), dense(10)])
 * ```
 */
export function adaptiveAveragePool2d(first: Size | AdaptivePool2dOptions): Layer {
  return adaptivePool('adaptiveAveragePool2d', first, average)
}

/**
 * The maximum of windows that divide the image into `size` rows and columns: row i of o is the maximum of rows ⌊i · height / o⌋ to
 * ⌈(i + 1) · height / o⌉ − 1 (PyTorch's rule). The first maximum in row-major order takes the gradient.
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels, ...size].
 *
 * @param first the size, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([conv2d(64, { size: 3 }), relu(), adaptiveMaxPool2d([2, 3]), flatten(), dense(10)])
 * ```
 */
export function adaptiveMaxPool2d(first: Size | AdaptivePool2dOptions): Layer {
  return adaptivePool('adaptiveMaxPool2d', first, maximum)
}
