// What holds for every layer that is random while training, and for dropConnect, and what sets them apart.

import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import {
  constant,
  evaluate,
  type Hyperparameter,
  initializeModel,
  input,
  keyOf,
  type Layer,
  numbers,
  OptionError,
  type ParameterSpec,
  type Schedule,
  type Shape,
  ShapeError,
  traceModel,
  type Value,
  type Values,
  valueAt,
  valueOf,
} from '@gradwerk/core'
import { exportOnnx, importOnnx } from '@gradwerk/onnx'
import * as regularizers from '@gradwerk/regularizers'
import {
  alphaDropout,
  dropConnect,
  dropout,
  gaussianDropout,
  gaussianNoise,
  spatialDropout,
  standardDropout,
} from '@gradwerk/regularizers'
import { layerSuite, parametrizationSuite, randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

function rising({ slope }: { slope: number }): Schedule {
  return { kind: 'schedule', name: 'rising', options: { slope }, at: (step) => slope * step }
}
const options = {
  registries: [regularizers, { rising }],
  onnx: { exportOnnx, importOnnx, verifyOnnx, backend: ort({ threads: 1 }) },
}
const vector = { input: [64], output: [64], parameters: 0 }
const image = { input: [3, 4, 4], output: [3, 4, 4], parameters: 0 }
const schedule = rising({ slope: 0.1 })

layerSuite(dropout, [{ plugin: dropout(0.5), ...vector, differsInTraining: true }], options)
layerSuite(
  spatialDropout,
  [
    { plugin: spatialDropout(0.5), ...image, batch: 8, differsInTraining: true },
    { plugin: spatialDropout(0), ...image, differsInTraining: false },
    { plugin: spatialDropout(schedule), input: [5, 7], output: [5, 7], parameters: 0 },
  ],
  options,
)
layerSuite(
  standardDropout,
  [
    { plugin: standardDropout(0.5), ...vector, differsInTraining: true },
    { plugin: standardDropout(0), ...image, differsInTraining: false },
  ],
  options,
)
for (const [factory, plugins] of [
  [alphaDropout, [alphaDropout(0.1), alphaDropout(schedule)]],
  [gaussianDropout, [gaussianDropout(0.3), gaussianDropout(schedule)]],
  [gaussianNoise, [gaussianNoise(0.3), gaussianNoise(schedule)]],
] as const) {
  const [plugin, scheduled] = plugins
  layerSuite(
    factory as (options: never) => Layer,
    [
      { plugin, ...vector, differsInTraining: true },
      { plugin, ...image, differsInTraining: true },
      { plugin: scheduled, input: [3], output: [3], parameters: 0, title: `${plugin.name}, scheduled` },
    ],
    options,
  )
}
parametrizationSuite(
  dropConnect,
  [{ plugin: dropConnect(0.5) }, { plugin: dropConnect(schedule), shape: [2, 3, 2, 2] }],
  options,
)

const at = (value: Hyperparameter, step: number): Value => valueOf('float32', [], [valueAt(value, step, 10)])

/** The output of a layer for some inputs, with random behaviour where a key is given. */
function outputOf(layer: Layer, x: Value, key?: readonly [number, number], step = 0): Float64Array {
  const from = input('x', x.shape)
  const mode = key === undefined ? {} : { stochastic: true, key: constant(valueOf('uint32', [2], key)) }
  const trace = traceModel(layer, from, mode)
  const { parameters } = initializeModel(trace, keyOf(1))
  const feeds: Values = Object.fromEntries(
    [...trace.hyperparameters.all].map(([name, { value }]) => [name, at(value, step)]),
  )
  return Float64Array.from(numbers(evaluate([trace.output], { x, ...feeds, ...parameters })[0] as Value))
}

const filledWith = (shape: Shape, x: number): Value =>
  valueOf('float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(x))

/** Mean and variance of independent numbers, and five standard deviations of the mean. */
function moments(x: Float64Array): { mean: number; variance: number; noise: number } {
  const mean = x.reduce((a, b) => a + b, 0) / x.length
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length
  return { mean, variance, noise: 5 * Math.sqrt(variance / x.length) }
}

const size = 256_000

describe('every one of the family', () => {
  const family: readonly Layer[] = [
    dropout(0.3),
    spatialDropout(0.3),
    standardDropout(0.3),
    alphaDropout(0.3),
    gaussianDropout(0.3),
    gaussianNoise(0.3),
  ]
  const x = randomValue({ dtype: 'float32', shape: [16, 8, 5] }, 1, { gap: 0.1 })

  test.each(family)('$name draws the same numbers from the same key, others from another', (layer) => {
    expect(outputOf(layer, x, [1, 2])).toEqual(outputOf(layer, x, [1, 2]))
    expect(outputOf(layer, x, [1, 2])).not.toEqual(outputOf(layer, x, [1, 3]))
  })

  test.each(family)('$name has the output of evaluation as its mean', (layer) => {
    // One number many times; spatial dropout decides once for each channel. Alpha dropout keeps the mean of its fixed point, 0, only.
    const value = layer.name === 'alphaDropout' ? 0 : 0.7
    const [shape, every]: [Shape, number] = layer.name === 'spatialDropout' ? [[size / 16, 4, 4], 4] : [[size], 1]
    const sample = outputOf(layer, filledWith(shape, value), [3, 4]).filter((_, i) => i % every === 0)
    const expected = outputOf(layer, filledWith([1, 1, 1], value))[0] as number
    const { mean, noise } = moments(sample)
    expect(Math.abs(mean - expected)).toBeLessThan(noise)
  })
})

describe('spatial dropout', () => {
  test('drops whole channels, each by itself', () => {
    const y = outputOf(spatialDropout(0.25), filledWith([200, 10, 6], 1), [1, 2])
    const channels = Array.from({ length: 2000 }, (_, i) => [...new Set(y.subarray(6 * i, 6 * i + 6))])
    expect(channels.every((values) => values.length === 1)).toBe(true)
    const dropped = channels.filter(([value]) => value === 0).length / 2000
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.05)
    expect(Math.max(...y)).toBeCloseTo(4 / 3, 5)
  })

  test('needs positions', () => {
    expect(() => traceModel(spatialDropout(0.1), input('x', [8, 4]))).toThrow(ShapeError)
  })
})

describe('standard dropout', () => {
  const x = randomValue({ dtype: 'float32', shape: [50, 20] }, 2, { gap: 0.1 })

  test.each([0.1, 0.5, 0.9])('is inverted dropout times the probability of keeping, in both modes: %d', (p) => {
    const keep = Math.round((1 - p) * 65536) / 65536
    for (const key of [undefined, [5, 6] as const]) {
      const [standard, inverted] = [outputOf(standardDropout(p), x, key), outputOf(dropout(p), x, key)]
      standard.forEach((y, i) => void expect(Math.abs(y - keep * (inverted[i] as number))).toBeLessThan(1e-6))
    }
  })

  test('does not scale while training', () => {
    const y = outputOf(standardDropout(0.5), x, [7, 8])
    const given = numbers(x)
    expect(y.every((value, i) => value === 0 || value === given[i])).toBe(true)
  })

  test('takes no schedule', () => {
    expect(() => standardDropout(schedule as never)).toThrow(OptionError)
  })
})

describe('alpha dropout', () => {
  // SELU's λ and α follow from its fixed point at mean 0 and variance 1, with erfc(1/√2) and erfc(√2):
  const [e1, e2] = [0.31731050786291415, 0.04550026389635842]
  const alpha = -Math.sqrt(2 / Math.PI) / (e1 * Math.sqrt(Math.E) - 1)
  const lambda =
    ((1 - e1 * Math.sqrt(Math.E)) * Math.sqrt(2 * Math.PI)) /
    Math.sqrt(
      2 * e2 * Math.E ** 2 + Math.PI * e1 ** 2 * Math.E - 2 * (2 + Math.PI) * e1 * Math.sqrt(Math.E) + Math.PI + 2,
    )
  const saturation = -lambda * alpha

  test.each([0.05, 0.2, 0.5])('keeps mean 0 and variance 1 of normal numbers: %d', (p) => {
    const normal = valueOf('float32', [size], outputOf(gaussianNoise(1), filledWith([size], 0), [9, 9]))
    const { mean, variance, noise } = moments(outputOf(alphaDropout(p), normal, [1, 2]))
    expect(Math.abs(mean)).toBeLessThan(noise)
    // The fourth moment of the outcome is at most 4.
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(3 / size))
  })

  test("is the paper's affine map of x where it is kept, and of SELU's lowest value where not", () => {
    const x = randomValue({ dtype: 'float32', shape: [1000] }, 3)
    const q = Math.round(0.9 * 65536) / 65536
    const a = 1 / Math.sqrt(q * (1 + (1 - q) * saturation ** 2))
    const b = -a * (1 - q) * saturation
    const kept = outputOf(standardDropout(0.1), filledWith([1000], 1), [4, 5])
    outputOf(alphaDropout(0.1), x, [4, 5]).forEach((y, i) => {
      const from = kept[i] === 0 ? saturation : (numbers(x)[i] as number)
      expect(Math.abs(y - (a * from + b))).toBeLessThan(1e-6)
    })
  })
})

describe('Gaussian noise', () => {
  test.each([
    ['gaussianNoise', gaussianNoise(0.3), 2, 0.3],
    ['gaussianDropout', gaussianDropout(0.2), 2, 2 * Math.sqrt(0.2 / 0.8)],
    ['dropout, whose variance that is', dropout(0.2), 2, 2 * Math.sqrt(0.2 / 0.8)],
  ])('%s has its standard deviation', (_, layer, value, deviation) => {
    const { variance } = moments(outputOf(layer, filledWith([size], value), [6, 7]))
    expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * size) + 0.005)
  })

  test('is normal, also in number and sign of what lies far out', () => {
    const y = outputOf(gaussianNoise(1), filledWith([size + 1], 0), [8, 9])
    for (const [beyond, share] of [
      [1, 0.15865525],
      [2, 0.02275013],
      [3, 0.0013499],
    ] as const)
      for (const sign of [1, -1]) {
        const found = y.filter((x) => sign * x > beyond).length / size
        expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt(share / size))
      }
  })

  test('is independent between the halves that are drawn in pairs', () => {
    const y = outputOf(gaussianNoise(1), filledWith([size], 0), [2, 3])
    const half = size / 2
    const products = (f: (x: number) => number) => y.subarray(0, half).map((x, i) => f(x) * f(y[half + i] as number))
    for (const f of [(x: number) => x, (x: number) => x * x - 1]) {
      const { mean, noise } = moments(products(f))
      expect(Math.abs(mean)).toBeLessThan(noise)
    }
  })

  test('follows a schedule', () => {
    expect(outputOf(gaussianNoise(schedule), filledWith([4], 1), [1, 1], 0)).toEqual(Float64Array.from([1, 1, 1, 1]))
    const { variance } = moments(outputOf(gaussianNoise(schedule), filledWith([size], 1), [1, 1], 5))
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 2)
  })
})

describe('dropConnect', () => {
  const kernel: ParameterSpec = {
    shape: [400, 300],
    role: 'kernel',
    initializer: {
      kind: 'initializer',
      name: 'halves',
      options: {},
      sample: ([rows = 0, columns = 0]) => new Float32Array(rows * columns).fill(0.5),
    },
    inputAxes: [0],
    outputAxes: [1],
  }
  const weightOf = (p: number): Layer => ({
    kind: 'layer',
    name: 'weight',
    options: {},
    apply: (_, context) => context.parameter('kernel', { ...kernel, parametrization: dropConnect(p) }),
  })
  const one = filledWith([1], 1)

  test('drops weights with its probability, scales the others up, and leaves all of them in evaluation', () => {
    const w = outputOf(weightOf(0.25), one, [1, 2])
    const dropped = w.filter((x) => x === 0).length / w.length
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / w.length))
    expect([...new Set(w)].map((x) => x.toFixed(5)).sort()).toEqual(['0.00000', (0.5 / 0.75).toFixed(5)])
    expect(new Set(outputOf(weightOf(0.25), one))).toEqual(new Set([0.5]))
  })

  test('drops others in another step', () => {
    expect(outputOf(weightOf(0.5), one, [1, 2])).not.toEqual(outputOf(weightOf(0.5), one, [1, 3]))
  })
})

test.each([
  () => spatialDropout(1),
  () => standardDropout(-0.1),
  () => alphaDropout(1),
  () => gaussianDropout(Number.NaN),
  () => gaussianNoise(-1),
  () => dropConnect(1),
])('%s is refused', (make) => {
  expect(make).toThrow(OptionError)
})
