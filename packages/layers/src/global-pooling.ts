// Layers that make one number of every channel.

import { type Layer, max, mean, parseOptions, type Tensor } from '@gradwerk/core'
import { z } from 'zod'
import { imageShape } from './image.ts'

const nothing = z.strictObject({})

function globalPool(name: string, given: unknown, reduce: (x: Tensor) => Tensor): Layer {
  return {
    kind: 'layer',
    name,
    options: parseOptions(name, nothing, given),
    apply(x, context) {
      imageShape(name, x, context)
      return reduce(x) // [batch, channels]
    },
  }
}

/**
 * The mean of every channel: y[n, c] = mean over i, j of x[n, c, i, j].
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels].
 *
 * Lin, Chen & Yan 2014, “Network in network”, section 3.2.
 *
 * @throws ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([conv2d(64, { size: 3 }), relu(), globalAveragePool2d(), dense(10)])
 * ```
 */
export function globalAveragePool2d(given: Readonly<Record<string, never>> = {}): Layer {
  return globalPool('globalAveragePool2d', given, (x) => mean(x, { axes: [2, 3] }))
}

/**
 * The maximum of every channel: y[n, c] = max over i, j of x[n, c, i, j]. Ties share the gradient equally, as in PyTorch's `amax`.
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels].
 *
 * @throws ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([conv2d(64, { size: 3 }), relu(), globalMaxPool2d(), dense(10)])
 * ```
 */
export function globalMaxPool2d(given: Readonly<Record<string, never>> = {}): Layer {
  return globalPool('globalMaxPool2d', given, (x) => max(x, { axes: [2, 3] }))
}
