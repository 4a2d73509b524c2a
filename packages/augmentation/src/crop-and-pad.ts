// Random crops of padded images (Krizhevsky et al. 2012; with padding He et al. 2016, section 4.2).

import {
  type Augmentation,
  add,
  cast,
  constant,
  equal,
  foldKey,
  matmul,
  OptionError,
  parseOptions,
  reshape,
  sub,
  type Tensor,
  valueOf,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { perSample, whole } from './draws.ts'
import { imagesOf } from './images.ts'
import { fillRow } from './warp-options.ts'

const schema = z.strictObject({
  padding: z
    .int()
    .nonnegative()
    .meta({ description: 'pixels around the image', search: { type: 'int', low: 1, high: 4 } }),
  size: z
    .tuple([z.int().positive(), z.int().positive()])
    .optional()
    .meta({ description: 'height and width of what is cut out' }),
  ...fillRow,
})

export interface CropAndPadOptions {
  /** Pixels added on all four sides, ≥ 0. */
  readonly padding: number
  /** Height and width of what is cut out. Default: those of the image. */
  readonly size?: readonly [height: number, width: number]
  /** The number that pads. Default 0. */
  readonly fill?: number
}

function range(length: number, from: number): Tensor {
  const numbers = Array.from({ length }, (_, i) => from + i)
  return constant(valueOf('float32', [length], numbers))
}

/** Selects rows of an image: [batch, 1, out, length], with a 1 where the pixel of the padded image is at the place of the crop. */
function selection(uniform: Tensor, out: number, length: number, padding: number): Tensor {
  const room = length + 2 * padding - out
  const start = whole(uniform, room + 1) // [batch, 1]
  const wanted = add(start, range(out, -padding)) // [batch, out]
  const [batch] = wanted.shape as [number]
  const chosen = cast(equal(reshape(wanted, [batch, out, 1]), range(length, 0)), 'float32')
  return reshape(chosen, [batch, 1, out, length])
}

/**
 * Pads images on all sides and cuts a piece out at a random place: y(i, j) = x(i + r − padding, j + c − padding), with r and c uniform among the
 * whole numbers for which the piece lies in the padded image, and `fill` outside of x. Pixels are taken as they are.
 *
 * Shapes: inputs [batch, height, width] or [batch, channels, height, width] to the same with `size` for height and width; targets of any
 * shape, unchanged. Evaluation sees whole images, so another size needs a model that takes both.
 *
 * @param first the padding, or all options
 * @throws OptionError for a bad option, or, when traced, a size beyond the padded image; ShapeError, when traced, for inputs that are no images
 * @example
 * ```ts
 * cropAndPad(2)
 * ```
 */
export function cropAndPad(
  first: number | CropAndPadOptions,
  rest: Omit<CropAndPadOptions, 'padding'> = {},
): Augmentation {
  const options = parseOptions('cropAndPad', schema, withMainOption('padding', first, rest))
  const { padding, size, fill } = options
  return {
    kind: 'augmentation',
    name: 'cropAndPad',
    options,
    apply({ inputs, targets }, key) {
      const { batch, height, width, planes, restore } = imagesOf('cropAndPad', inputs)
      const [rows, columns] = size ?? [height, width]
      if (rows > height + 2 * padding || columns > width + 2 * padding)
        throw new OptionError({
          who: 'cropAndPad',
          problem: "option 'size' does not fit the images",
          expected: `at most [${height + 2 * padding}, ${width + 2 * padding}]`,
          got: `[${rows}, ${columns}]`,
        })
      const [first, second] = perSample(foldKey(key, 'crop'), batch, 2) as [Tensor, Tensor]
      const shown = fill === 0 ? planes : sub(planes, fill)
      const taken = matmul(selection(first, rows, height, padding), shown)
      const crop = matmul(taken, selection(second, columns, width, padding), { transposeB: true })
      return { inputs: restore(fill === 0 ? crop : add(crop, fill)), targets }
    },
  }
}
