// Convolution layers in a second form: sums over taps, written as the equations of their docstrings are.

import {
  dynamic,
  evaluate,
  fansOf,
  input,
  keyOf,
  type Layer,
  OptionError,
  randomStream,
  ShapeError,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { assertClose, doubles, randomValue } from '@gradwerk/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applied, at, computed, every, type Index4, shapeOf, total } from './images.ts'

const { conv2d, convTranspose2d, depthwiseConv2d, separableConv2d } = layers

const specsOf = (layer: Layer, shape: readonly number[]) =>
  [...traceModel(layer, input('x', shape)).parameters].map(([name, { spec }]) => ({ name, spec }))

const close = { largest: 1e-6, absolute: 1e-6 }

describe('depthwise', () => {
  test('is a convolution of every channel by itself', () => {
    const { y, x, weights } = applied(
      depthwiseConv2d([2, 3], { depthMultiplier: 2, strides: 2, padding: [1, 0, 0, 2] }),
      [2, 3, 5, 6],
    )
    const [kernel, bias] = weights as [Value, Value]
    const expected = computed(
      [2, 6, 3, 3],
      (n, o, i, j) =>
        total([2, 3], (p, q) => at(x, [n, Math.floor(o / 2), 2 * i - 1 + p, 2 * j + q]) * at(kernel, [o, 0, p, q])) +
        at(bias, [o]),
    )
    assertClose(y, expected, close)
  })

  test('fans are those of one channel', () => {
    const [kernel] = specsOf(depthwiseConv2d(3, { depthMultiplier: 4 }), [1, 5, 6, 6])
    expect(kernel?.spec.shape).toEqual([20, 1, 3, 3])
    expect(kernel && fansOf(kernel.spec)).toEqual({ fanIn: 9, fanOut: 36 })
  })
})

describe('separable', () => {
  test('is one kernel over the image and one over the channels', () => {
    const { y, x, weights } = applied(
      separableConv2d(4, { size: 2, depthMultiplier: 2, dilations: [2, 1] }),
      [2, 3, 5, 4],
    )
    const [depthwise, pointwise, bias] = weights as [Value, Value, Value]
    const expected = computed(
      [2, 4, 3, 3],
      (n, o, i, j) =>
        total(
          [6, 2, 2],
          (c, p, q) =>
            at(pointwise, [o, c, 0, 0]) * at(depthwise, [c, 0, p, q]) * at(x, [n, Math.floor(c / 2), i + 2 * p, j + q]),
        ) + at(bias, [o]),
    )
    assertClose(y, expected, close)
  })

  test('both kernels take what is said about kernels', () => {
    const initializer = layers.uniformFanIn()
    const constraint = { kind: 'constraint', name: 'c', options: {}, project: (w: never) => w } as const
    const specs = specsOf(separableConv2d(4, { size: 3, initializer, constraint }), [1, 2, 4, 4])
    expect(specs.map(({ name }) => name)).toEqual(['depthwise.kernel', 'pointwise.kernel', 'pointwise.bias'])
    for (const { spec } of specs.slice(0, 2)) expect(spec).toMatchObject({ role: 'kernel', initializer, constraint })
  })
})

describe('transposed', () => {
  /** Every element of x adds its multiple of the kernel, to an output as long as PyTorch's equation says. */
  const scattered = (x: Value, kernel: Value, bias: Value, g: Drawn): Value => {
    const [batch, channels, height, width] = x.shape as Index4
    const [, perGroup, kh, kw] = kernel.shape as Index4
    const length = (axis: 0 | 1, n: number, k: number) =>
      (n - 1) * g.strides[axis] -
      (g.padding[axis] + g.padding[(axis + 2) as 2 | 3]) +
      g.dilations[axis] * (k - 1) +
      g.outputPadding[axis] +
      1
    const [rows, columns] = [length(0, height, kh), length(1, width, kw)]
    const y = computed([batch, perGroup * g.groups, rows, columns], (_, o) => at(bias, [o]))
    every(x.shape, (n, c, i, j) => {
      const first = Math.floor(c / (channels / g.groups)) * perGroup
      every([perGroup, kh, kw], (o, p, q) => {
        const row = i * g.strides[0] + p * g.dilations[0] - g.padding[0]
        const column = j * g.strides[1] + q * g.dilations[1] - g.padding[1]
        if (row < 0 || row >= rows || column < 0 || column >= columns) return
        const to = ((n * perGroup * g.groups + first + o) * rows + row) * columns + column
        y.data[to] = Number(y.data[to]) + at(x, [n, c, i, j]) * at(kernel, [c, o, p, q])
      })
    })
    return y
  }

  type Pair = [number, number]
  interface Drawn {
    readonly size: Pair
    readonly strides: Pair
    readonly dilations: Pair
    readonly padding: [number, number, number, number]
    readonly outputPadding: Pair
    readonly groups: number
  }

  test('is PyTorch’s sum for 80 random combinations', () => {
    const random = randomStream(keyOf(5))
    const pair = (low: number, high: number): Pair => [
      low + random.integer(high - low + 1),
      low + random.integer(high - low + 1),
    ]
    let beyond = 0
    for (let i = 0; i < 80; i++) {
      const [size, strides, dilations] = [pair(1, 3), pair(1, 3), pair(1, 3)]
      const outputPadding = strides.map((stride, axis) =>
        random.integer(Math.max(stride, dilations[axis] as number)),
      ) as Pair
      const padding = [...pair(0, 2), ...pair(0, 2)] as Drawn['padding']
      const groups = 1 + random.integer(2)
      const drawn = { size, strides, dilations, padding, outputPadding, groups }
      if (outputPadding.some((extra, axis) => extra >= (strides[axis] as number))) beyond++
      const layer = convTranspose2d(groups * (1 + random.integer(2)), drawn)
      const { y, x, weights } = applied(
        layer,
        [2, 2 * groups, 4, 3 + random.integer(3)].map((n, axis) => n + (axis > 1 ? 2 : 0)),
        10 * i + 1,
      )
      assertClose(y, scattered(x, weights[0] as Value, weights[1] as Value, drawn), close, JSON.stringify(drawn))
    }
    expect(beyond).toBeGreaterThan(5)
  })

  test("'same' undoes the shape of a convolution with 'same', and is its transpose", () => {
    const small = fc.integer({ min: 1, max: 4 })
    fc.assert(
      fc.property(small, small, small, small, small, (height, width, size, stride, dilation) => {
        const options = { size, strides: stride, dilations: dilation, padding: 'same', useBias: false } as const
        const image = [1, 1, height * stride, width * stride]
        const { y, x, weights } = applied(convTranspose2d(1, options), [1, 1, height, width], 3)
        expect(y.shape).toEqual(image)
        const forward = traceModel(conv2d(1, options), input('x', image)).output
        const other = randomValue({ dtype: 'float32', shape: image }, 9)
        const [back] = evaluate([forward], { x: other, kernel: weights[0] as Value }) as [Value]
        const inner = (a: Value, b: Value) => doubles(a).reduce((sofar, v, i) => sofar + v * Number(b.data[i]), 0)
        expect(inner(y, other)).toBeCloseTo(inner(x, back), 4)
      }),
      { seed: 2, numRuns: 60 },
    )
  })

  test('by hand: a doubled image with a row and a column to spare', () => {
    const layer = convTranspose2d(1, { size: 1, strides: 2, outputPadding: 1, useBias: false })
    const { output } = traceModel(layer, input('x', [1, 1, 1, 2]))
    const feeds = { x: valueOf('float32', [1, 1, 1, 2], [3, 5]), kernel: valueOf('float32', [1, 1, 1, 1], [2]) }
    expect(evaluate([output], feeds)).toEqual([valueOf('float32', [1, 1, 2, 4], [6, 0, 10, 0, 0, 0, 0, 0])])
  })

  test('fans are those of the sum', () => {
    const [kernel] = specsOf(convTranspose2d(6, { size: [3, 5], groups: 2 }), [1, 4, 3, 3])
    expect(kernel?.spec.shape).toEqual([4, 3, 3, 5])
    expect(kernel && fansOf(kernel.spec)).toEqual({ fanIn: 30, fanOut: 45 })
  })

  test('a dynamic batch stays dynamic', () => {
    expect(shapeOf(convTranspose2d(2, { size: 3, dilations: 3, outputPadding: 2 }), [dynamic, 1, 4, 4])).toEqual([
      dynamic,
      2,
      12,
      12,
    ])
  })

  test('what does not fit is said', () => {
    const make = (options: object) => () => convTranspose2d(2, { size: 3, ...options })
    expect(make({ outputPadding: 1 })).toThrow(OptionError)
    expect(make({ outputPadding: 1 })).toThrow(
      "convTranspose2d: option 'outputPadding' is not valid; expected less than the strides or the dilations; got 1",
    )
    expect(make({ strides: 2, outputPadding: [0, 2] })).toThrow('less than the strides or the dilations; got [0,2]')
    expect(make({ strides: 2, padding: 'same', outputPadding: 1 })).toThrow("0 where padding 'same' decides")
    expect(make({ outputPadding: -1 })).toThrow('expected number to be >=0; got -1')
    expect(() => shapeOf(convTranspose2d(2, { size: 1, padding: 1 }), [1, 1, 2, 3])).toThrow(ShapeError)
    expect(() => shapeOf(convTranspose2d(2, { size: 1, padding: 1 }), [1, 1, 2, 3])).toThrow(
      'layer convTranspose2d: the padding leaves nothing of the output; expected at least one row and one column; got 0 by 1',
    )
    expect(() => shapeOf(convTranspose2d(3, { size: 1, groups: 2 }), [1, 2, 2, 3])).toThrow(
      'got 2 channels and 3 filters',
    )
  })
})
