import {
  constant,
  conv2d,
  convInputGradient,
  evaluate,
  fansOf,
  type Initializer,
  keyOf,
  numbers,
  OptionError,
  randomStream,
  ShapeError,
  type Tensor,
  type Value,
  value,
} from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import { initializerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { deltaOrthogonal, dirac, identity } = initializers

const forward = { outputAxes: [0], inputAxes: [1] }
const transposed = { outputAxes: [1], inputAxes: [0] }
const sample = (initializer: Initializer, shape: readonly number[], axes: typeof forward) =>
  initializer.sample(shape, { ...fansOf({ shape, ...axes }), ...axes }, randomStream(keyOf(1)))

const image = (channels: number): Tensor => {
  const random = randomStream(keyOf(2))
  const shape = [2, channels, 6, 5]
  return constant(value('float32', shape, Float32Array.from({ length: 60 * channels }, random.normal)))
}
const dataOf = (of: Tensor) => Array.from(numbers(evaluate([of])[0] as Value))
const length = (of: Tensor) => Math.hypot(...dataOf(of))
const kernel = (initializer: Initializer, shape: readonly number[], axes = forward) =>
  constant(value('float32', shape, sample(initializer, shape, axes)))

// [out, in, 3, 3]: the suite gives no axes, so these are the usual ones.
initializerSuite(deltaOrthogonal, [
  { plugin: deltaOrthogonal(), shape: [6, 4, 3, 3], random: true },
  { plugin: deltaOrthogonal({ gain: 2, groups: 2 }), shape: [8, 4, 3, 3], random: true },
])
initializerSuite(dirac, [
  { plugin: dirac(), shape: [6, 4, 3, 3] },
  { plugin: dirac({ groups: 2 }), shape: [6, 3, 3] },
])
initializerSuite(identity, [
  { plugin: identity(), shape: [3, 5] },
  { plugin: identity({ gain: 0.5 }), shape: [5, 3] },
])

/** Pads a 3 × 3 kernel's overlap. */
const same = { padding: [1, 1, 1, 1] } as const

describe('deltaOrthogonal', () => {
  test('multiplies the length of every image with the gain', () => {
    const x = image(4)
    for (const gain of [1, 2]) {
      const y = conv2d(x, kernel(deltaOrthogonal({ gain }), [6, 4, 3, 3]), same)
      expect(length(y) / length(x)).toBeCloseTo(gain, 6)
    }
  })

  test('so with groups', () => {
    const x = image(4)
    const y = conv2d(x, kernel(deltaOrthogonal({ groups: 2 }), [6, 2, 3, 3]), { ...same, groups: 2 })
    expect(length(y) / length(x)).toBeCloseTo(1, 6)
  })

  test('is zero off the middle', () => {
    const of = sample(deltaOrthogonal(), [2, 2, 3, 3], forward)
    const places = Array.from(of.keys()).filter((i) => of[i] !== 0)
    expect(places).toEqual([4, 13, 22, 31])
  })

  test('refuses fewer outputs than inputs', () => {
    expect(() => sample(deltaOrthogonal(), [3, 4, 3, 3], forward)).toThrow(
      'deltaOrthogonal: fewer outputs than inputs cannot keep all lengths; expected at least 4 outputs in a group; got 3; try orthogonal()',
    )
    expect(() => sample(deltaOrthogonal(), [4, 3, 3, 3], transposed)).toThrow(ShapeError)
    expect(sample(deltaOrthogonal(), [3, 4, 3, 3], transposed)).toHaveLength(108)
    expect(() => sample(deltaOrthogonal({ groups: 3 }), [4, 1, 3, 3], forward)).toThrow('a multiple of 3')
  })
})

describe('dirac', () => {
  test('a convolution passes its images on', () => {
    const x = image(4)
    expect(dataOf(conv2d(x, kernel(dirac(), [4, 4, 3, 3]), same))).toEqual(dataOf(x))
    const grouped = kernel(dirac({ groups: 2 }), [4, 2, 3, 3])
    expect(dataOf(conv2d(x, grouped, { ...same, groups: 2 }))).toEqual(dataOf(x))
  })

  test('and so does a transposed one, the kernel being [in, out/groups, …]', () => {
    const x = image(4)
    const grouped = kernel(dirac({ groups: 2 }), [4, 2, 3, 3], transposed)
    expect(dataOf(convInputGradient(x, grouped, [2, 4, 6, 5], { ...same, groups: 2 }))).toEqual(dataOf(x))
  })

  test('a layer with groups says so itself', () => {
    const fans = { fanIn: 1, fanOut: 1, ...forward, groups: 2 }
    const shape = [4, 2, 3, 3]
    const of = (initializer: Initializer) => initializer.sample(shape, fans, randomStream(keyOf(1)))
    expect(of(dirac())).toEqual(sample(dirac({ groups: 2 }), shape, forward))
    expect(of(dirac({ groups: 1 }))).toEqual(sample(dirac(), shape, forward))
    expect(of(deltaOrthogonal())).toEqual(sample(deltaOrthogonal({ groups: 2 }), shape, forward))
  })

  test('finds the axes wherever they are', () => {
    const of = sample(dirac(), [3, 2, 4], { outputAxes: [2], inputAxes: [1] }) // [field, in, out]
    expect(Array.from(of.keys()).filter((i) => of[i] === 1)).toEqual([8, 13])
  })

  test('is for convolutions, identity for the others', () => {
    expect(() => sample(dirac(), [3, 3], forward)).toThrow('try identity() for dense kernels')
    expect(() => sample(identity(), [3, 3, 3], forward)).toThrow('try dirac() for convolutions')
    expect(() => dirac({ groups: 0 })).toThrow(OptionError)
  })
})
