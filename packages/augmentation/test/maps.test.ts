import { affine, elastic, rotate, scale, shear, shift, warp } from '@gradwerk/augmentation'
import { ort } from '@gradwerk/backend-ort'
import {
  type Augmentation,
  constantHyperparameters,
  input,
  joinSteps,
  program,
  reference,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { assertDistribution, doubles, expectClose, randomValue, uniformDistribution } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { applied, copies, images } from './apply.ts'

const digits = randomValue({ dtype: 'float32', shape: [6, 28, 28] }, 3, { low: 0 })

describe('nothing to do leaves images as they are', () => {
  const still: readonly Augmentation[] = [
    shift(0),
    rotate(0),
    scale(0),
    shear(0),
    affine(),
    elastic({ alpha: 0, fields: 2 }),
  ]
  test.each(still.map((plugin) => [plugin.name, plugin] as const))('%s on the reference', (_, plugin) => {
    expectClose(applied(plugin, digits).inputs, digits, { absolute: 1e-6 })
  })

  test.each([
    ['of 28 pixels', digits],
    ['of odd sizes', randomValue({ dtype: 'float32', shape: [3, 2, 31, 17] }, 4, { low: 0 })],
  ])('on ONNX Runtime, images %s', async (_, images) => {
    const [x, key] = [input('x', images.shape), input('key', [2], 'uint32')]
    const scope = { ...constantHyperparameters().scope('test'), classes: 0 }
    const { inputs } = warp({ alpha: 0, fields: 2 }).apply({ inputs: x, targets: x }, key, scope)
    const parts = program({ name: 'still', shared: { x }, inputs: { key }, state: {}, outputs: { inputs } })
    const call = {
      steps: 1,
      shared: { x: images },
      inputs: joinSteps([{ key: valueOf('uint32', [2], [1, 2]) }]),
      state: {},
    }
    for (const backend of [reference(), ort({ threads: 1 })]) {
      const { outputs } = await (await backend.compile(parts)).run(call)
      // It computes places in float32: n + 1 is rounded to 2⁻²³, which is 31 · 2⁻²⁴ pixels.
      expectClose({ ...(outputs['inputs'] as Value), shape: images.shape }, images, { absolute: 4e-6 })
    }
  })
})

describe('a ramp, whose brightness says where a pixel comes from', () => {
  const size = 9
  const rising = Array.from({ length: size }, () => Array.from({ length: size }, (_, j) => j - 4))
  const count = 4000
  const pixels = (plugin: Augmentation, row: number, column: number) =>
    images(applied(plugin, copies(count, rising)).inputs).map((image) => image[row]?.[column] as number)

  test('moves by a uniform number of pixels', () => {
    assertDistribution(pixels(shift(2), 4, 4), uniformDistribution({ low: -2, high: 2 }))
  })

  test('grows and shrinks about its centre by a uniform share', () => {
    const sizes = pixels(scale(0.5), 4, 5).map((x) => 1 / x)
    assertDistribution(sizes, uniformDistribution({ low: 0.5, high: 1.5 }))
  })

  test('turns about its centre by a uniform angle', () => {
    // One step to the right of the centre, which is cos θ on the ramp; one step down, which is −sin θ.
    const angles = pixels(rotate(60), 5, 4).map((x) => (Math.asin(-x) * 180) / Math.PI)
    assertDistribution(angles, uniformDistribution({ low: -60, high: 60 }))
  })

  test('leans about its middle row', () => {
    for (const x of pixels(shear(30), 4, 6).slice(0, 50)) expect(x).toBeCloseTo(2, 5)
    const slopes = pixels(shear(30), 5, 4).map((x) => (Math.atan(-x) * 180) / Math.PI)
    assertDistribution(slopes, uniformDistribution({ low: -30, high: 30 }))
  })
})

test('outside of an image is its fill', () => {
  const white = copies(
    50,
    Array.from({ length: 5 }, () => Array<number>(5).fill(1)),
  )
  expectClose(applied(affine({ shift: 3, rotation: 90, fill: 1 }), white).inputs, white, { absolute: 1e-6 })
  const dark = doubles(applied(affine({ shift: 3, fill: 0 }), white).inputs)
  expect(Math.min(...dark)).toBe(0)
  expect(Math.max(...dark)).toBeCloseTo(1, 6)
})

test('channels of an image move together', () => {
  const one = randomValue({ dtype: 'float32', shape: [4, 1, 6, 5] }, 8)
  const shape = [4, 3, 6, 5]
  const three = valueOf(
    'float32',
    shape,
    Array.from({ length: 4 }, (_, n) => {
      const image = doubles(one).subarray(n * 30, n * 30 + 30)
      return [...image, ...image.map((x) => 2 * x), ...image.map((x) => -x)]
    }).flat(),
  )
  const plugin = warp({ rotation: 20, shift: 1, fields: 2, alpha: 5, sigma: 1 })
  const [single, triple] = [doubles(applied(plugin, one).inputs), doubles(applied(plugin, three).inputs)]
  for (let n = 0; n < 4; n++)
    for (let k = 0; k < 30; k++) {
      const x = single[n * 30 + k] as number
      const got = [0, 1, 2].map((c) => triple[(n * 3 + c) * 30 + k] as number)
      expect(got[0]).toBeCloseTo(x, 6)
      expect(got[1]).toBeCloseTo(2 * x, 5)
      expect(got[2]).toBeCloseTo(-x, 6)
    }
})

test('elastic distortion moves a ramp by its displacement, of the stated standard deviation', () => {
  // x(i, j) = j: what comes out, less j, is the displacement to the right (away from the border).
  const size = 40
  const ramp = Array.from({ length: size }, () => Array.from({ length: size }, (_, j) => j))
  const after = images(applied(elastic({ alpha: 20, sigma: 3, fields: 64 }), copies(400, ramp)).inputs)
  const moves = after.flatMap((image) => [12, 27].map((at) => (image[at]?.[at] as number) - at))
  const variance = moves.reduce((total, d) => total + d * d, 0) / moves.length
  expect(Math.sqrt(variance)).toBeGreaterThan((20 * 0.163 * 0.85) / 3)
  expect(Math.sqrt(variance)).toBeLessThan((20 * 0.163 * 1.15) / 3)
  // Smooth: neighbours move alike.
  for (const image of after.slice(0, 20))
    for (let j = 8; j < 31; j++)
      expect(Math.abs((image[20]?.[j + 1] as number) - (image[20]?.[j] as number) - 1)).toBeLessThan(1.2)
})

test('a shift of inputs that are no images is refused', () => {
  expect(() => applied(shift(1), randomValue({ dtype: 'float32', shape: [2, 9] }, 1))).toThrow(
    /shift.*no images.*\[batch, height, width\]/s,
  )
})

test.each([
  [() => rotate(-1), "option 'rotation'"],
  [() => scale(1), "option 'scale'"],
  [() => shear(90), "option 'shear'"],
  [() => shift(Number.NaN), "option 'shift'"],
  [() => elastic({ sigma: 0 }), "option 'sigma'"],
  [() => elastic({ fields: 0 }), "option 'fields'"],
])('a bad option is named (%#)', (make, named) => {
  expect(make).toThrow(named)
})
