// The transposed convolution: what the gradient of a convolution does to its output, as a layer.

import { convInputGradient, type Layer, pad, parseOptions, ShapeError, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type ConvolutionLayerOptions, checkGroups, convolutionRows, withBias } from './convolution-options.ts'
import { imageShape } from './image.ts'
import { biasOf, filtersSchema, kernelOf, weightRows } from './weight-options.ts'
import { who } from './who.ts'
import { extentSchema, pairOf, windowOf } from './window-options.ts'

const schema = z
  .strictObject({
    filters: filtersSchema,
    ...convolutionRows,
    padding: convolutionRows.padding.meta({ description: 'rows and columns cut off around the output' }),
    outputPadding: extentSchema
      .default(0)
      .meta({ description: 'rows and columns added to the output at the bottom and right' }),
    groups: z.int().positive().default(1).meta({ description: 'groups of channels that do not mix' }),
    ...weightRows,
  })
  .refine(
    ({ outputPadding, strides, dilations }) =>
      [0, 1].every((axis) => {
        const most = Math.max(pairOf(strides)[axis] as number, pairOf(dilations)[axis] as number)
        return (pairOf(outputPadding)[axis] as number) < most
      }),
    { path: ['outputPadding'], error: 'less than the strides or the dilations' },
  )
  .refine(({ outputPadding, padding }) => padding !== 'same' || Math.max(...pairOf(outputPadding)) === 0, {
    path: ['outputPadding'],
    error: "0 where padding 'same' decides the size of the output",
  })

export interface ConvTranspose2dOptions extends ConvolutionLayerOptions {
  /** Number of output channels, 1 and more. */
  readonly filters: number
  /** Rows and columns added to the output at the bottom and right, below strides or dilations. Default 0. */
  readonly outputPadding?: number | readonly [height: number, width: number]
  /** Groups of channels that do not mix; divides input channels and filters. Default 1. */
  readonly groups?: number
}

interface Axis {
  readonly windows: number
  readonly size: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly after: number
  readonly extra: number
}

/** Length of the output along an axis; what is cut off after it; zeros that follow it. */
function measure({ windows, size, stride, dilation, before, after, extra }: Axis) {
  const full = (windows - 1) * stride + dilation * (size - 1) + 1
  // The transpose of a convolution ends less than a stride after its last tap. More than that takes back what was cut off, then adds zeros.
  const back = extra < stride ? 0 : Math.min(extra, after)
  const zeros = extra < stride ? 0 : extra - back
  return { length: full - before - after + extra - zeros, after: after - back, zeros }
}

/**
 * Transposed convolution, the transpose of `conv2d` in its image: every element of x adds its multiple of the kernel to the output, y[n, o,
 * i·stride + p·dilation − padding, …] += x[n, c, i, j] · kernel[c, o, p, q], plus bias[o]. PyTorch's `ConvTranspose2d`.
 *
 * Shapes: x [batch, channels, height, width], kernel [channels, filters / groups, kernelHeight, kernelWidth], bias [filters], y [batch,
 * filters, outHeight, outWidth] with outHeight = (height − 1) · stride − padding + dilation · (kernelHeight − 1) + outputPadding + 1, where
 * padding is the sum of both sides. Padding cuts off: `valid` nothing, `same` (TensorFlow's) as much as makes the output height · stride,
 * what `conv2d` with `same` came from.
 *
 * Zeiler et al. 2010, “Deconvolutional networks”; Dumoulin & Visin 2016, “A guide to convolution arithmetic”, chapter 4.
 *
 * @param first the number of filters, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of images, channels that
 * groups do not divide, or padding that leaves nothing
 * @example
 * ```ts
 * sequential([reshape([64, 7, 7]), convTranspose2d(32, { size: 4, strides: 2, padding: 1 }), relu()]) // [batch, 32, 14, 14]
 * ```
 */
export function convTranspose2d(
  first: number | ConvTranspose2dOptions,
  rest?: Omit<ConvTranspose2dOptions, 'filters'>,
): Layer {
  const options = parseOptions('convTranspose2d', schema, withMainOption('filters', first, rest))
  const { filters, groups } = options
  const extra = pairOf(options.outputPadding)
  return {
    kind: 'layer',
    name: 'convTranspose2d',
    options,
    apply(x, context) {
      const [channels, height, width] = imageShape('convTranspose2d', x, context)
      checkGroups('convTranspose2d', context, { channels, filters, groups })
      const strides = pairOf(options.strides)
      const { size, dilations, padding } = windowOf(options, [height * strides[0], width * strides[1]])
      const [top, left, bottom, right] = padding
      const along = (axis: 0 | 1, windows: number, before: number, after: number) => {
        const [stride, dilation] = [strides[axis], dilations[axis]]
        // 'same' may leave the output longer than its taps reach, where strides are longer than the kernel.
        const missing = windows * stride - ((windows - 1) * stride + dilation * (size[axis] - 1) + 1)
        const more = options.padding === 'same' ? Math.max(0, missing) : extra[axis]
        return measure({ windows, size: size[axis], stride, dilation, before, after, extra: more })
      }
      const [rows, columns] = [along(0, height, top, bottom), along(1, width, left, right)]
      if (rows.length < 1 || columns.length < 1)
        throw new ShapeError({
          who: who('convTranspose2d', context),
          problem: 'the padding leaves nothing of the output',
          expected: 'at least one row and one column',
          got: `${rows.length} by ${columns.length}`,
        })
      const place = { shape: [channels, filters / groups, ...size], inputAxes: [0], outputAxes: [1], groups }
      const kernel = kernelOf(context, place, options)
      const bias = biasOf(context, filters, options)
      const cut = [top, left, rows.after, columns.after] as const
      const image = [x.shape[0] as number, filters, rows.length, columns.length]
      const y = convInputGradient(x, kernel, image, { strides, dilations, padding: cut, groups })
      const zeros = [
        { axis: 2, before: 0, after: rows.zeros },
        { axis: 3, before: 0, after: columns.zeros },
      ]
      return withBias(pad(y, zeros), bias) // [batch, filters, outHeight, outWidth]
    },
  }
}
