import {
  dynamic,
  evaluate,
  fansOf,
  filled,
  type Initializer,
  input,
  type Layer,
  numbers,
  type Regularizer,
  ShapeError,
  sum,
  traceModel,
  valueOf,
} from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const { averagePool2d, conv2d, dense, flatten, globalAveragePool2d, maxPool2d, relu, reshape, residual, sequential } =
  layers

const shapeOf = (layer: Layer, shape: readonly number[]) => traceModel(layer, input('x', shape)).output.shape

describe('dense', () => {
  test('by hand', () => {
    const { output } = traceModel(dense(2), input('x', [1, 2]))
    const kernel = valueOf('float32', [2, 2], [1, 2, 3, 4])
    const [y] = evaluate([output], {
      x: valueOf('float32', [1, 2], [10, 1]),
      kernel,
      bias: valueOf('float32', [2], [0.5, -0.5]),
    })
    expect(Array.from(numbers(y ?? kernel))).toEqual([13.5, 23.5])
  })

  test('declares what is said about its parameters', () => {
    const initializer: Initializer = { kind: 'initializer', name: 'a', options: {}, sample: () => new Float32Array(6) }
    const regularizer: Regularizer = { kind: 'regularizer', name: 'b', options: {}, penalty: (w) => sum(w) }
    const layer = dense(2, { initializer, regularizer })
    const { parameters } = traceModel(layer, input('x', [4, 3]))
    expect(parameters.get('kernel')?.spec).toMatchObject({ role: 'kernel', shape: [3, 2], initializer, regularizer })
    expect(parameters.get('bias')?.spec).toMatchObject({ role: 'bias', shape: [2], regularizer: undefined })
  })

  test('fans are the two lengths of the kernel', () => {
    const spec = traceModel(dense(2), input('x', [4, 3])).parameters.get('kernel')?.spec
    expect(spec && fansOf(spec)).toEqual({ fanIn: 3, fanOut: 2 })
  })

  test('has a batch and several axes, of which the first may be dynamic', () => {
    expect(shapeOf(dense(2), [dynamic, 5, 3])).toEqual([dynamic, 5, 2])
  })

  test.each([[[3]], [[4, dynamic]]])('an input %j without features is refused', (shape) => {
    expect(() => shapeOf(dense(2), shape)).toThrow(ShapeError)
    expect(() => shapeOf(dense(2), shape)).toThrow('layer dense: the input has no features to connect')
  })
})

describe('convolution', () => {
  test('fans count the receptive field and the groups', () => {
    const { parameters } = traceModel(conv2d(8, { size: [3, 5], groups: 2 }), input('x', [1, 6, 9, 9]))
    const spec = parameters.get('kernel')?.spec
    expect(spec?.shape).toEqual([8, 3, 3, 5])
    expect(spec && fansOf(spec)).toEqual({ fanIn: 45, fanOut: 60 })
  })

  test("'same' gives ⌈length / stride⌉ windows, whatever size, stride and dilation", () => {
    const small = fc.integer({ min: 1, max: 4 })
    const length = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(length, length, small, small, small, (height, width, size, stride, dilation) => {
        const layer = conv2d(1, { size, strides: stride, dilations: dilation, padding: 'same' })
        expect(shapeOf(layer, [1, 1, height, width])).toEqual([
          1,
          1,
          Math.ceil(height / stride),
          Math.ceil(width / stride),
        ])
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  test("an odd 'same' padding goes to the bottom and right", () => {
    const { output } = traceModel(conv2d(1, { size: 2, padding: 'same', useBias: false }), input('x', [1, 1, 2, 2]))
    const x = valueOf('float32', [1, 1, 2, 2], [1, 2, 3, 4])
    const [y] = evaluate([output], { x, kernel: filled('float32', [1, 1, 2, 2], 1) })
    expect(Array.from(numbers(y ?? x))).toEqual([10, 6, 7, 4])
  })

  test.each([
    [2, [1, 1, 7, 8]],
    [
      [1, 0],
      [1, 1, 5, 4],
    ],
    [
      [1, 0, 0, 3],
      [1, 1, 4, 7],
    ],
  ] as const)('padding %j', (padding, expected) => {
    expect(shapeOf(conv2d(1, { size: 1, padding }), [1, 1, 3, 4])).toEqual(expected)
  })

  test('what does not fit is said', () => {
    expect(() => shapeOf(conv2d(4, { size: 3 }), [2, 784])).toThrow(
      'layer conv2d: the input is not a batch of images; expected [batch, channels, height, width]; got [2, 784]; try reshape',
    )
    expect(() => shapeOf(conv2d(4, { size: 3, groups: 2 }), [2, 3, 8, 8])).toThrow('got 3 channels and 4 filters')
    expect(() => shapeOf(conv2d(4, { size: 9 }), [2, 3, 8, 8])).toThrow('the kernel is larger than the padded image')
  })
})

describe('pooling', () => {
  const image = valueOf('float32', [1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
  const pooled = (layer: Layer) => {
    const { output } = traceModel(layer, input('x', image.shape))
    const [y] = evaluate([output], { x: image })
    return Array.from(numbers(y ?? image))
  }

  test('by hand', () => {
    expect(pooled(maxPool2d(2))).toEqual([6, 8])
    expect(pooled(averagePool2d(2))).toEqual([3.5, 5.5])
    expect(pooled(globalAveragePool2d())).toEqual([4.5])
  })

  test('padding counts in a mean unless told otherwise', () => {
    const options = { strides: 2, padding: [1, 0] } as const
    expect(pooled(averagePool2d(2, options))).toEqual([0.75, 1.75, 2.75, 3.75])
    expect(pooled(averagePool2d(2, { ...options, countPadding: false }))).toEqual([1.5, 3.5, 5.5, 7.5])
  })

  test('strides are the size unless given', () => {
    expect(shapeOf(maxPool2d([2, 1]), [1, 1, 4, 4])).toEqual([1, 1, 2, 4])
    expect(shapeOf(maxPool2d(2, { strides: 1 }), [1, 1, 4, 4])).toEqual([1, 1, 3, 3])
  })
})

describe('shaping', () => {
  test('flatten and reshape keep the order of the numbers', () => {
    const x = valueOf('float32', [2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8])
    const { output } = traceModel(sequential([flatten(), reshape([2, -1])]), input('x', x.shape))
    expect(evaluate([output], { x })).toEqual([valueOf('float32', [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])])
  })

  test('a dynamic batch stays dynamic', () => {
    expect(shapeOf(flatten(), [dynamic, 2, 3])).toEqual([dynamic, 6])
    expect(shapeOf(reshape([-1, 2]), [dynamic, 2, 3])).toEqual([dynamic, 3, 2])
  })

  test('flatten takes samples that are single numbers', () => {
    expect(shapeOf(flatten(), [5])).toEqual([5, 1])
  })

  test.each([[[7]], [[4, -1]], [[-1, 0]]])('reshape(%j) of six elements is refused', (shape) => {
    expect(() => shapeOf(reshape(shape), [2, 6])).toThrow(ShapeError)
    expect(() => shapeOf(reshape(shape), [2, 6])).toThrow('layer reshape: a sample of 6 elements does not fit')
  })
})

test('selu gives standard normal numbers mean 0 and variance 1 again', () => {
  const count = 40_001 // of the interval −10 … 10, 0 among them
  const step = 20 / (count - 1)
  const z = Float64Array.from({ length: count }, (_, i) => step * (i - (count - 1) / 2))
  const { output } = traceModel(layers.selu(), input('x', [count], 'float64'))
  const [y] = evaluate([output], { x: valueOf('float64', [count], z) })
  const density = z.map((at) => (step * Math.exp((-at * at) / 2)) / Math.sqrt(2 * Math.PI))
  const moment = (power: number) =>
    density.reduce((total, weight, i) => total + weight * Number(y?.data[i]) ** power, 0)
  expect(moment(1)).toBeCloseTo(0, 7)
  expect(moment(2)).toBeCloseTo(1, 7)
})

describe('composition', () => {
  test('parameters are named after the layers', () => {
    const model = sequential([dense(3), relu(), sequential([dense(3)]), residual([dense(3)]), dense(3)])
    const { parameters } = traceModel(model, input('x', [1, 2]))
    expect([...parameters.keys()].filter((name) => name.endsWith('kernel'))).toEqual([
      'dense.kernel',
      'sequential.dense.kernel',
      'residual.dense.kernel',
      'dense_1.kernel',
    ])
  })

  test('one layer used twice has parameters for each place', () => {
    const shared = dense(2)
    expect(traceModel(sequential([shared, shared]), input('x', [1, 2])).parameters.size).toBe(4)
  })

  test('an error names the place in the model', () => {
    const model = sequential([dense(3), sequential([conv2d(2, { size: 3 })])])
    expect(() => shapeOf(model, [1, 2])).toThrow('layer sequential.conv2d: the input is not a batch of images')
  })

  test('residual adds its input', () => {
    const { output } = traceModel(residual(relu()), input('x', [1, 2]))
    const [y] = evaluate([output], { x: valueOf('float32', [1, 2], [-1, 3]) })
    expect(Array.from(numbers(y ?? zero))).toEqual([-1, 6])
  })

  test('residual broadcasts nothing', () => {
    expect(() => shapeOf(residual(dense(1)), [4, 3])).toThrow(ShapeError)
    expect(() => shapeOf(residual(dense(1)), [4, 3])).toThrow(
      'layer residual: the branch does not fit the shortcut it is added to; expected float32 [4, 3]; got float32 [4, 1]; try a shortcut',
    )
    expect(shapeOf(residual(dense(1), { shortcut: dense(1) }), [4, 3])).toEqual([4, 1])
  })
})

const zero = filled('float32', [1], 0)
