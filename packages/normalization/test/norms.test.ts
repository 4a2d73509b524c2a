import {
  evaluate,
  filled,
  input,
  type Layer,
  numbers,
  OptionError,
  ShapeError,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { groupNorm, instanceNorm, layerNorm, localResponseNorm, rmsNorm } from '@gradwerk/normalization'
import { randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

/** A layer on numbers, with scale 1 and shift 0. */
function run(layer: Layer, x: Value): Float64Array {
  const trace = traceModel(layer, input('x', x.shape))
  const feeds = [...trace.parameters].map(([name, { spec }]) => [
    name,
    filled('float32', spec.shape, spec.role === 'scale' ? 1 : 0),
  ])
  return Float64Array.from(numbers(evaluate([trace.output], { x, ...Object.fromEntries(feeds) })[0] as Value))
}

function moments(y: Float64Array): { mean: number; variance: number } {
  const mean = y.reduce((total, z) => total + z, 0) / y.length
  return { mean, variance: y.reduce((total, z) => total + (z - mean) ** 2, 0) / y.length }
}

const x = randomValue({ dtype: 'float32', shape: [2, 4, 3, 2] }, 7, { low: 3, high: 9 })

describe('what belongs together comes out with mean 0 and variance 1', () => {
  test.each([
    ['layerNorm', layerNorm({ axes: [1, 2, 3] }), 24],
    ['groupNorm', groupNorm(2), 12],
    ['instanceNorm', instanceNorm(), 6],
  ])('%s', (_, layer, size) => {
    const y = run(layer, x)
    for (let start = 0; start < y.length; start += size) {
      const { mean, variance } = moments(y.subarray(start, start + size))
      expect(mean).toBeCloseTo(0, 6)
      expect(variance).toBeCloseTo(1, 4)
    }
  })

  test('rmsNorm: mean square 1, direction kept', () => {
    const y = run(rmsNorm(), valueOf('float32', [1, 2], [3, 4]))
    expect(y[0]).toBeCloseTo(3 / Math.sqrt(12.5), 6)
    expect(y[1]).toBeCloseTo(4 / Math.sqrt(12.5), 6)
  })
})

describe('relations', () => {
  test('one group is layer normalization of the image, as many groups as channels instance normalization', () => {
    const close = (a: Float64Array, b: Float64Array) => {
      for (const [i, y] of a.entries()) expect(y).toBeCloseTo(b[i] as number, 5)
    }
    close(run(groupNorm(1), x), run(layerNorm({ axes: [1, 2, 3] }), x))
    close(run(groupNorm(4), x), run(instanceNorm(), x))
  })

  test('scaling a sample changes nothing but what ε does', () => {
    const scaled = valueOf(
      'float32',
      x.shape,
      Float64Array.from(numbers(x), (z: number) => 1000 * z),
    )
    for (const layer of [
      layerNorm({ epsilon: 1e-12 }),
      rmsNorm({ epsilon: 1e-12 }),
      instanceNorm({ epsilon: 1e-12 }),
    ]) {
      const [y, z] = [run(layer, x), run(layer, scaled)]
      for (const [i, value] of y.entries()) expect(z[i]).toBeCloseTo(value, 4)
    }
  })
})

describe('localResponseNorm', () => {
  test('by hand: three channels of 1, 2, 3 with a window of 3', () => {
    const y = run(localResponseNorm(3, { alpha: 3, beta: 1, k: 1 }), valueOf('float32', [1, 3, 1, 1], [1, 2, 3]))
    expect(Array.from(y, (z) => Number(z.toFixed(6)))).toEqual([
      Number((1 / 6).toFixed(6)),
      Number((2 / 15).toFixed(6)),
      Number((3 / 14).toFixed(6)),
    ])
  })

  test.each([1, 2, 3, 4, 5, 9])('a window of %d channels, term by term', (size) => {
    const [alpha, beta, k] = [0.7, 0.6, 1.5]
    const y = run(localResponseNorm(size, { alpha, beta, k }), x)
    const at = (n: number, c: number, i: number) => Number(x.data[(n * 4 + c) * 6 + i])
    for (let index = 0; index < y.length; index++) {
      const [n, c, i] = [Math.floor(index / 24), Math.floor(index / 6) % 4, index % 6]
      let squares = 0
      for (let j = c - Math.floor(size / 2); j <= c - Math.floor(size / 2) + size - 1; j++)
        if (j >= 0 && j < 4) squares += at(n, j, i) ** 2
      expect(y[index]).toBeCloseTo(at(n, c, i) / (k + (alpha / size) * squares) ** beta, 4)
    }
  })
})

describe('refusals', () => {
  test.each([
    [layerNorm({ axes: [0] }), [2, 3], 'without that of the batch'],
    [layerNorm({ axes: [2] }), [2, 3], 'an axis from -2 to 1'],
    [rmsNorm({ axes: [1, -1] }), [2, 3], 'distinct axes'],
    [layerNorm(), [2, -1], 'axes of known length'],
    [groupNorm(3), [2, 4, 5], 'a multiple of 3 channels; got 4'],
    [groupNorm(1), [4], '[batch, channels, …]'],
    [instanceNorm(), [2, 3], 'a channel of one number has no variance'],
    [instanceNorm(), [2, 3, 1, 1], 'a channel of one number has no variance'],
    [localResponseNorm(), [3], '[batch, channels, …]'],
  ])('%o of %j', (layer, shape, says) => {
    expect(() => traceModel(layer, input('x', shape))).toThrow(ShapeError)
    expect(() => traceModel(layer, input('x', shape))).toThrow(says)
  })

  test.each([
    () => layerNorm({ axes: [] }),
    () => layerNorm({ epsilon: 0 }),
    () => groupNorm(0),
    () => groupNorm(2.5),
    () => localResponseNorm(0),
    () => localResponseNorm({ beta: 0 }),
    () => localResponseNorm({ k: 0 }),
  ])('%s', (make) => {
    expect(make).toThrow(OptionError)
  })
})
