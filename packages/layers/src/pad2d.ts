// Layers that add rows and columns around images.

import { type Layer, pad, parseOptions, type Tensor, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { imageShape } from './image.ts'
import { type Border, borderSchema, sidesOf } from './window-options.ts'

const padding = borderSchema.meta({ description: 'rows and columns around the image' })
const zeroSchema = z.strictObject({ padding })
const schema = z
  .strictObject({
    padding,
    mode: z
      .enum(['constant', 'reflect', 'replicate'])
      .default('constant')
      .meta({
        description: 'what is added: a number, the image mirrored, or its border',
        search: { type: 'categorical', choices: ['constant', 'reflect', 'replicate'] },
      }),
    value: z.number().default(0).meta({ description: 'the number that mode constant adds' }),
  })
  .refine(({ mode, value }) => mode === 'constant' || value === 0, {
    path: ['value'],
    error: "0, or the mode 'constant'",
  })

export interface ZeroPad2dOptions {
  /** Rows and columns, in pixels: a number for all sides; [vertical, horizontal]; or [top, left, bottom, right]. */
  readonly padding: Border
}

export interface Pad2dOptions extends ZeroPad2dOptions {
  /**
   * What is added: a number (`constant`); the image mirrored, without its border (`reflect`: 3 2 | 1 2 3 | 2 1); or its border (`replicate`:
   * 1 1 | 1 2 3 | 3 3). Default constant.
   */
  readonly mode?: 'constant' | 'reflect' | 'replicate'
  /** The number that `constant` adds. Default 0. */
  readonly value?: number
}

function padded(x: Tensor, border: Border, options?: Pick<Pad2dOptions, 'mode' | 'value'>): Tensor {
  const [top, left, bottom, right] = sidesOf(border)
  return pad(
    x,
    [
      { axis: 2, before: top, after: bottom },
      { axis: 3, before: left, after: right },
    ],
    options,
  )
}

/**
 * Adds rows and columns around images: y[n, c, i + top, j + left] = x[n, c, i, j], and around it a number, the image mirrored, or its
 * border. The order of sides is that of the other layers, [top, left, bottom, right]; PyTorch's is (left, right, top, bottom).
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels, top + height + bottom, left + width + right].
 *
 * @param first the padding, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images, or one too
 * small to be mirrored
 * @example
 * ```ts
 * sequential([pad2d(1, { mode: 'reflect' }), conv2d(32, { size: 3 })])
 * ```
 */
export function pad2d(first: Border | Pad2dOptions, rest?: Omit<Pad2dOptions, 'padding'>): Layer {
  const options = parseOptions('pad2d', schema, withMainOption('padding', first, rest))
  return {
    kind: 'layer',
    name: 'pad2d',
    options,
    apply(x, context) {
      imageShape('pad2d', x, context)
      return padded(x, options.padding, options)
    },
  }
}

/**
 * Adds zeros around images: `pad2d` with its defaults, under Keras' and PyTorch's name.
 *
 * Shapes: x [batch, channels, height, width], y [batch, channels, top + height + bottom, left + width + right].
 *
 * @param first the padding, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images
 * @example
 * ```ts
 * sequential([zeroPad2d([0, 0, 1, 1]), conv2d(32, { size: 2 })])
 * ```
 */
export function zeroPad2d(first: Border | ZeroPad2dOptions): Layer {
  const options = parseOptions('zeroPad2d', zeroSchema, withMainOption('padding', first))
  return {
    kind: 'layer',
    name: 'zeroPad2d',
    options,
    apply(x, context) {
      imageShape('zeroPad2d', x, context)
      return padded(x, options.padding)
    },
  }
}
