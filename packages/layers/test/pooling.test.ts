// Pooling and padding in a second form: loops over the windows that PyTorch's rules describe.

import {
  dynamic,
  evaluate,
  gradients,
  input,
  type Layer,
  numbers,
  ShapeError,
  sum,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { assertClose } from '@gradwerk/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applied, at, computed, shapeOf } from './images.ts'

const { adaptiveAveragePool2d, adaptiveMaxPool2d, averagePool2d, globalMaxPool2d, maxPool2d, pad2d, zeroPad2d } = layers

const close = { largest: 1e-6, absolute: 1e-6 }
const small = fc.integer({ min: 1, max: 4 })

/** The numbers of a rectangle of an image. */
function within(
  x: Value,
  [n, c]: readonly [number, number],
  rows: readonly number[],
  columns: readonly number[],
): number[] {
  return rows.flatMap((row) => columns.map((column) => at(x, [n, c, row, column])))
}

const range = (start: number, end: number) => Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length

describe('ceil mode', () => {
  /** PyTorch's `pooling_output_shape`. */
  const windows = (length: number, size: number, stride: number, padding: number, dilation: number) => {
    const count = Math.ceil((length + 2 * padding - dilation * (size - 1) - 1) / stride) + 1
    return (count - 1) * stride >= length + padding ? count - 1 : count
  }

  test('counts the windows that PyTorch counts, and takes their maxima and means', () => {
    const image = fc.integer({ min: 4, max: 9 })
    fc.assert(
      fc.property(
        image,
        image,
        small,
        small,
        fc.nat(3),
        fc.boolean(),
        (height, width, size, stride, zeros, countPadding) => {
          const padding = Math.min(zeros, Math.floor(size / 2))
          const options = { strides: stride, padding, ceilMode: true }
          const [oh, ow] = [height, width].map((length) => windows(length, size, stride, padding, 1)) as [
            number,
            number,
          ]
          const inside = (i: number, length: number) => {
            const start = i * stride - padding
            return range(Math.max(start, 0), Math.min(start + size, length))
          }
          const { y: largest, x } = applied(maxPool2d(size, options), [1, 2, height, width])
          const expected = computed([1, 2, oh, ow], (n, c, i, j) =>
            Math.max(...within(x, [n, c], inside(i, height), inside(j, width))),
          )
          assertClose(largest, expected, {}, 'max')

          const { y } = applied(averagePool2d(size, { ...options, countPadding }), [1, 2, height, width])
          const counted = (i: number, length: number) => {
            const start = i * stride - padding
            return countPadding ? Math.min(start + size, length + padding) - start : inside(i, length).length
          }
          const means = computed([1, 2, oh, ow], (n, c, i, j) => {
            const list = within(x, [n, c], inside(i, height), inside(j, width))
            return list.reduce((a, b) => a + b, 0) / (counted(i, height) * counted(j, width))
          })
          assertClose(y, means, close, 'mean')
        },
      ),
      { seed: 3, numRuns: 150 },
    )
  })

  test('counts windows with dilation', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 16 }),
        small,
        small,
        fc.integer({ min: 1, max: 3 }),
        (length, size, stride, dilation) => {
          const layer = maxPool2d(size, { strides: stride, dilations: dilation, ceilMode: true })
          const count = windows(length, size, stride, 0, dilation)
          expect(shapeOf(layer, [1, 1, length, length])).toEqual([1, 1, count, count])
        },
      ),
      { seed: 4, numRuns: 100 },
    )
  })

  test("adds nothing to 'same'", () => {
    const options = { strides: 3, padding: 'same' } as const
    for (const length of [5, 6, 7, 8])
      expect(shapeOf(maxPool2d(2, { ...options, ceilMode: true }), [1, 1, length, 9])).toEqual(
        shapeOf(maxPool2d(2, options), [1, 1, length, 9]),
      )
  })
})

describe('adaptive', () => {
  const window = (i: number, length: number, count: number) =>
    range(Math.floor((i * length) / count), Math.ceil(((i + 1) * length) / count))

  test('windows are PyTorch’s', () => {
    const length = fc.integer({ min: 1, max: 7 })
    fc.assert(
      fc.property(length, length, length, length, (height, width, oh, ow) => {
        const rectangle = (x: Value, n: number, c: number, i: number, j: number) =>
          within(x, [n, c], window(i, height, oh), window(j, width, ow))
        const { y: averages, x } = applied(adaptiveAveragePool2d([oh, ow]), [2, 2, height, width])
        assertClose(
          averages,
          computed([2, 2, oh, ow], (n, c, i, j) => mean(rectangle(x, n, c, i, j))),
          close,
        )
        const { y: maxima } = applied(adaptiveMaxPool2d([oh, ow]), [2, 2, height, width])
        assertClose(
          maxima,
          computed([2, 2, oh, ow], (n, c, i, j) => Math.max(...rectangle(x, n, c, i, j))),
        )
      }),
      { seed: 5, numRuns: 100 },
    )
  })

  test('the first of equal maxima takes the gradient', () => {
    const x = input('x', [1, 1, 3, 3])
    const feeds = { x: valueOf('float32', [1, 1, 3, 3], [0, 1, 1, 1, 0, 1, 1, 1, 0]) }
    const { output } = traceModel(adaptiveMaxPool2d(2), x)
    const [slope] = evaluate(gradients(sum(output), [x]), feeds) as [Value]
    expect(Array.from(numbers(slope))).toEqual([0, 2, 0, 1, 0, 1, 0, 0, 0])
  })

  test('a dynamic batch stays dynamic, and needs images', () => {
    expect(shapeOf(adaptiveMaxPool2d([2, 3]), [dynamic, 2, 5, 7])).toEqual([dynamic, 2, 2, 3])
    expect(shapeOf(adaptiveAveragePool2d([2, 3]), [dynamic, 2, 5, 7])).toEqual([dynamic, 2, 2, 3])
    expect(() => shapeOf(adaptiveMaxPool2d(2), [3, 4])).toThrow(
      'layer adaptiveMaxPool2d: the input is not a batch of images',
    )
    expect(() => adaptiveMaxPool2d(0)).toThrow("adaptiveMaxPool2d: option 'size' is not valid")
  })
})

describe('global', () => {
  test('the largest of every channel', () => {
    const { y, x } = applied(globalMaxPool2d(), [2, 3, 4, 5])
    assertClose(
      y,
      valueOf(
        'float32',
        [2, 3],
        range(0, 6).map((i) => Math.max(...within(x, [Math.floor(i / 3), i % 3], range(0, 4), range(0, 5)))),
      ),
    )
  })
})

describe('padding', () => {
  const image = valueOf('float32', [1, 1, 2, 3], [1, 2, 3, 4, 5, 6])
  const padded = (layer: Layer): number[][] => {
    const { output } = traceModel(layer, input('x', image.shape))
    const [y] = evaluate([output], { x: image }) as [Value]
    const width = y.shape[3] as number
    return range(0, y.shape[2] as number).map((row) => Array.from(numbers(y).slice(row * width, (row + 1) * width)))
  }

  test('by hand', () => {
    expect(padded(zeroPad2d([1, 0, 0, 2]))).toEqual([
      [0, 0, 0, 0, 0],
      [1, 2, 3, 0, 0],
      [4, 5, 6, 0, 0],
    ])
    expect(padded(pad2d([0, 1], { value: 9 }))).toEqual([
      [9, 1, 2, 3, 9],
      [9, 4, 5, 6, 9],
    ])
    expect(padded(pad2d([1, 2, 0, 1], { mode: 'reflect' }))).toEqual([
      [6, 5, 4, 5, 6, 5],
      [3, 2, 1, 2, 3, 2],
      [6, 5, 4, 5, 6, 5],
    ])
    expect(padded(pad2d([0, 2, 1, 1], { mode: 'replicate' }))).toEqual([
      [1, 1, 1, 2, 3, 3],
      [4, 4, 4, 5, 6, 6],
      [4, 4, 4, 5, 6, 6],
    ])
    expect(padded(pad2d(0, { mode: 'reflect' }))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
  })

  test('before a convolution is the convolution’s own padding', () => {
    const conv = layers.conv2d(2, { size: 3 })
    const own = layers.conv2d(2, { size: 3, padding: [1, 0, 2, 1] })
    const { y, weights } = applied(own, [2, 1, 4, 4])
    const again = applied(layers.sequential([zeroPad2d([1, 0, 2, 1]), conv]), [2, 1, 4, 4])
    expect(again.weights).toEqual(weights)
    expect(again.y).toEqual(y)
  })

  test('what does not fit is said', () => {
    expect(() => shapeOf(pad2d([0, 3], { mode: 'reflect' }), [1, 1, 4, 3])).toThrow(ShapeError)
    expect(() => shapeOf(pad2d([0, 3], { mode: 'reflect' }), [1, 1, 4, 3])).toThrow(
      'axis 3 is too short to be reflected; expected a padding of at most 2',
    )
    expect(() => pad2d(1, { mode: 'reflect', value: 2 })).toThrow(
      "pad2d: option 'value' is not valid; expected 0, or the mode 'constant'; got 2",
    )
    expect(() => pad2d('same' as never)).toThrow(
      "option 'padding' is not valid; expected a whole number ≥ 0, [vertical, horizontal] or",
    )
    expect(() => shapeOf(zeroPad2d(1), [3, 4])).toThrow('layer zeroPad2d: the input is not a batch of images')
  })
})
