import {
  evaluate,
  type InitializerFans,
  input,
  keyOf,
  matmul,
  randomStream,
  ShapeError,
  transpose,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import { assertDistribution, initializerSuite, uniformDistribution } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { orthogonal } = initializers

/** The largest |W·Wᵀ − gain²·I| (or of Wᵀ·W, for a tall one) of numbers [rows, columns], row-major. */
function gramError(numbers: Float32Array, rows: number, columns: number, gain = 1): number {
  const w = input('w', [rows, columns])
  const product = rows <= columns ? matmul(w, transpose(w)) : matmul(transpose(w), w)
  const [gram] = evaluate([product], { w: valueOf('float32', [rows, columns], numbers) })
  const side = Math.min(rows, columns)
  return Array.from((gram as Value).data, Number).reduce(
    (most, x, i) => Math.max(most, Math.abs(x - (i % (side + 1) === 0 ? gain ** 2 : 0))),
    0,
  )
}

const orthonormalWith = (gain: number) => (numbers: Float32Array, shape: readonly number[]) => {
  const [rows = 0, columns = 0] = shape
  expect(gramError(numbers, rows, columns, gain)).toBeLessThan(1e-6 * gain ** 2)
}

initializerSuite(orthogonal, [
  { plugin: orthogonal(), shape: [20, 33], random: true, verify: orthonormalWith(1) },
  { plugin: orthogonal({ gain: Math.SQRT2 }), shape: [64, 10], random: true, verify: orthonormalWith(Math.SQRT2) },
])

/** Of 3 × 3 matrices. */
const drawCount = 64_000

describe('orthogonal', () => {
  const stream = () => randomStream(keyOf(4))
  const sample = (shape: readonly number[], fans: Partial<InitializerFans> = {}) =>
    orthogonal().sample(shape, { fanIn: 1, fanOut: 1, ...fans }, stream())

  // On a sphere in three dimensions, every coordinate is uniform (Archimedes). Without the correction of signs the last column is not.
  test('every element of 3 × 3 matrices is uniform', () => {
    const random = stream()
    const initializer = orthogonal()
    const first = new Float64Array(drawCount)
    const last = new Float64Array(drawCount)
    let proper = 0
    for (let i = 0; i < drawCount; i++) {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, k = 0] = initializer.sample(
        [3, 3],
        { fanIn: 3, fanOut: 3 },
        random,
      )
      first[i] = a
      last[i] = k
      if (a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g) > 0) proper++
    }
    const uniform = uniformDistribution({ low: -1, high: 1 })
    assertDistribution(first, uniform)
    assertDistribution(last, uniform)
    // Rotations and reflections are equally likely: within 4.6 standard errors.
    expect(Math.abs(proper - drawCount / 2)).toBeLessThan(2.3 * Math.sqrt(drawCount))
  })

  test('sees a convolution as outputs × (inputs · field)', () => {
    expect(gramError(sample([4, 2, 3, 3], { outputAxes: [0], inputAxes: [1] }), 4, 18)).toBeLessThan(1e-6)
  })

  test('sees a transposed kernel from its outputs too', () => {
    const shape = [6, 2, 2, 2] // [in, out, 2, 2]
    const numbers = sample(shape, { outputAxes: [1], inputAxes: [0] })
    const [swapped] = evaluate([transpose(input('w', shape), [1, 0, 2, 3])], { w: valueOf('float32', shape, numbers) })
    expect(gramError((swapped as Value).data as Float32Array, 2, 24)).toBeLessThan(1e-6)
    expect(gramError(numbers, 6, 8)).toBeGreaterThan(0.1)
  })

  test('empty kernels, and what is no kernel', () => {
    expect(sample([0, 3])).toEqual(new Float32Array(0))
    expect(() => sample([3], { outputAxes: [0], inputAxes: [] })).toThrow(ShapeError)
    expect(() => sample([3, 3], { outputAxes: [0], inputAxes: [0] })).toThrow(
      'orthogonal: the parameter does not connect inputs with outputs; expected a kernel with axes for both; got [3, 3]',
    )
  })
})
