import { ort } from '@gradwerk/backend-ort'
import {
  DataError,
  type Dataset,
  input,
  joinSteps,
  keyOf,
  numbers,
  OptionError,
  program,
  randomStream,
  reference,
  type Shape,
  ShapeError,
  sizeOf,
  stratifiedSplit,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { fitStandardization, standardize } from '@gradwerk/normalization'
import { layerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

function datasetOf(
  shape: Shape,
  data: ArrayLike<number>,
  inputScale = 1,
  dtype: 'float32' | 'uint8' = 'float32',
): Dataset {
  const samples = shape[0] as number
  return {
    name: 'numbers',
    real: false,
    inputs: valueOf(dtype, shape, data),
    targets: valueOf(
      'int32',
      [samples],
      Array.from({ length: samples }, (_, i) => i % 2),
    ),
    indices: Int32Array.from({ length: samples }, (_, i) => i),
    classes: 2,
    inputScale,
  }
}

function random(shape: Shape, mean = 0, seed = 1): Dataset {
  const stream = randomStream(keyOf(seed))
  return datasetOf(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => mean + stream.normal()),
  )
}

async function apply(options: Parameters<typeof standardize>[0], x: Value, backend = reference()): Promise<number[]> {
  const from = input('x', x.shape)
  const { output } = traceModel(standardize(options), from)
  const executable = await backend.compile(
    program({ name: 'standardized', shared: {}, inputs: { x: from }, state: {}, outputs: { y: output } }),
  )
  const { outputs } = await executable.run({ steps: 1, shared: {}, inputs: joinSteps([{ x }]), state: {} })
  return Array.from(numbers(outputs['y'] as Value))
}

layerSuite(standardize, [
  { plugin: standardize({ mean: 0.5, deviation: 2 }), input: [3, 2], output: [3, 2], parameters: 0 },
  { plugin: standardize({ mean: [1, 2, 3], deviation: [1, 0, 4] }), input: [3], output: [3], parameters: 0 },
  {
    plugin: standardize({ mean: [1, 2], deviation: [0.5, 0.25], per: 'channel' }),
    input: [2, 3, 2],
    output: [2, 3, 2],
    parameters: 0,
  },
  {
    plugin: standardize(fitStandardization(random([8, 2, 3]))),
    title: 'fitted',
    input: [2, 3],
    output: [2, 3],
    parameters: 0,
    differsInTraining: false,
  },
])

describe('what was fitted comes out with mean 0 and deviation 1', () => {
  test.each([
    ['feature', (i: number) => i % 12],
    ['channel', (i: number) => Math.floor(i / 4) % 3],
    ['all', () => 0],
  ] as const)('per %s', async (per, unitOf) => {
    const data = random([40, 3, 2, 2], 5)
    const fitted = fitStandardization(data, { per })
    const y = await apply(fitted, data.inputs)
    for (const unit of new Set(y.map((_, i) => unitOf(i)))) {
      const own = y.filter((_, i) => unitOf(i) === unit)
      const mean = own.reduce((a, b) => a + b, 0) / own.length
      const variance = own.reduce((total, z) => total + (z - mean) ** 2, 0) / own.length
      expect(mean).toBeCloseTo(0, 6)
      expect(variance).toBeCloseTo(1, 5)
    }
  })

  test('by hand', async () => {
    const data = datasetOf([2, 2], [1, 10, 3, 10])
    expect(fitStandardization(data)).toEqual({ per: 'feature', mean: [2, 10], deviation: [1, 0] })
    expect(fitStandardization(data, { per: 'all' })).toEqual({ per: 'all', mean: 6, deviation: Math.sqrt(66 / 4) })
    expect(await apply(fitStandardization(data), data.inputs)).toEqual([-1, 0, 1, 0])
  })

  test('bytes count as networks see them', () => {
    const { mean, deviation } = fitStandardization(datasetOf([2, 1], [0, 255], 1 / 255, 'uint8'), { per: 'all' })
    expect(mean).toBeCloseTo(0.5, 12)
    expect(deviation).toBeCloseTo(0.5, 12)
  })

  test('a constant has deviation exactly 0, however its mean is rounded', () => {
    const data = datasetOf([7, 1], new Float64Array(7).fill(0.1), 1 / 3)
    expect(fitStandardization(data).deviation).toEqual([0])
  })
})

describe('only the rows of a data set are looked at', () => {
  const whole = random([30, 4])
  const { train, validation } = stratifiedSplit(whole, 0.3, 1)

  test('a split is fitted on its training part', () => {
    const fitted = fitStandardization(train)
    expect(fitted).not.toEqual(fitStandardization(whole))
    // Numbers of the held-out rows, even absurd ones, change nothing.
    const spoilt = Float64Array.from(numbers(whole.inputs))
    for (const row of validation.indices) spoilt.fill(1e30, row * 4, row * 4 + 4)
    expect(fitStandardization({ ...train, inputs: valueOf('float32', [30, 4], spoilt) })).toEqual(fitted)
  })
})

describe('large means', () => {
  const unit = 2 ** -24
  test.each([1, 1e4, -1e6])('%d deviations, in float32', async (mean) => {
    const data = random([500, 1], mean + 1 / 3)
    const { mean: means, deviation } = fitStandardization(data)
    const x = Array.from(numbers(data.inputs))
    const exactMean = x.reduce((a, b) => a + (b - mean), 0) / x.length + mean
    const exact = Math.sqrt(x.reduce((total, z) => total + (z - exactMean) ** 2, 0) / x.length)
    expect(Math.abs(([deviation].flat()[0] as number) / exact - 1)).toBeLessThan(1e-12)
    expect(Math.abs(([means].flat()[0] as number) - exactMean)).toBeLessThan(1e-15 * Math.abs(mean) * 10)
    for (const backend of [reference(), ort({ threads: 1 })]) {
      const y = await apply({ mean: means, deviation }, data.inputs, backend)
      const worst = Math.max(
        ...y.map((got, i) => {
          const wanted = ((x[i] as number) - exactMean) / exact
          return Math.abs(got - wanted) / (1 + Math.abs(wanted))
        }),
      )
      expect(worst).toBeLessThan(4 * unit)
    }
  })
})

describe('refusals', () => {
  test.each([
    [{ mean: [1, 2], deviation: [1] }, 'as many deviations as means'],
    [{ mean: 1, deviation: -1 }, 'deviation'],
    [{ mean: 1, deviation: 1, per: 'channel' as const }, "'all' for one number"],
    [{ mean: [1], deviation: [1], per: 'all' as const }, "'all' for one number"],
    [{ mean: [], deviation: [] }, 'mean'],
  ])('%j', (options, says) => {
    expect(() => standardize(options)).toThrow(OptionError)
    expect(() => standardize(options)).toThrow(says)
  })

  test('inputs of another shape, data sets that have no mean', () => {
    const layer = standardize({ mean: [1, 2], deviation: [1, 1] })
    expect(() => traceModel(layer, input('x', [3, 4]))).toThrow(ShapeError)
    expect(() => traceModel(layer, input('x', [3, 4]))).toThrow('expected 2 features; got [3, 4]')
    const empty = { ...random([3, 2]), indices: new Int32Array(0) }
    expect(() => fitStandardization(empty)).toThrow(DataError)
    expect(() => fitStandardization(datasetOf([1, 1], [Number.NaN]))).toThrow('not finite')
  })
})
