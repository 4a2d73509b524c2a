import { constant, constantHyperparameters, evaluate, type Tensor, type Value, valueOf } from '@gradwerk/core'
import { assertDistribution, doubles, uniformDistribution } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { type AffineRanges, affineBasis, affineDraws, affineMap } from './affine-map.ts'
import { perSample } from './draws.ts'

const scope = constantHyperparameters().scope('test')
const still: AffineRanges = { rotation: 0, shift: 0, scale: 0, shear: 0 }
const rows = (uniform: readonly Tensor[], ranges: Partial<AffineRanges>) =>
  doubles(evaluate([affineMap(uniform, { ...still, ...ranges }, scope)])[0] as Value)
/** Uniform numbers that stand for the upper end of each range. */
const upper = Array.from({ length: affineDraws }, () => constant(valueOf('float32', [1, 1], [1])))

describe('the upper end of a range', () => {
  test.each([
    ['nothing', {}, [1, 0, 0, 0, 1, 0]],
    // The pixel on top comes from the right: counterclockwise.
    ['rotation', { rotation: 90 }, [0, -1, 0, 1, 0, 0]],
    ['shift', { shift: 2 }, [1, 0, -2, 0, 1, -2]],
    ['scale', { scale: 0.25 }, [0.8, 0, 0, 0, 0.8, 0]],
    ['shear', { shear: 45 }, [1, -1, 0, 0, 1, 0]],
    // M = R(90°) · K(45°): M⁻¹ = K(−45°) · R(−90°)
    ['two', { rotation: 90, shear: 45 }, [-1, -1, 0, 1, 0, 0]],
    ['a shift after a rotation', { rotation: 90, shift: 1 }, [0, -1, 1, 1, 0, -1]],
  ] as const)('%s', (_, ranges, expected) => {
    const got = rows(upper, ranges)
    expected.forEach((x, i) => {
      expect(got[i]).toBeCloseTo(x, 6)
    })
  })
})

test('parameters are uniform in their ranges', () => {
  const n = 60_000
  const ranges = { rotation: 30, shift: 3, scale: 0.2, shear: 20 }
  const map = rows(perSample(constant(valueOf('uint32', [2], [3, 4])), n, affineDraws), ranges)
  const parameters = Array.from({ length: n }, (_, i) => {
    const [a, b, c, d, e, f] = map.subarray(6 * i, 6 * i + 6) as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    const [theta, shrink] = [Math.atan2(d, e), Math.hypot(d, e)]
    const slope = (Math.cos(theta) - a / shrink) / Math.sin(theta)
    const determinant = a * e - b * d
    return {
      rotation: (theta * 180) / Math.PI,
      scale: 1 / shrink - 1,
      shear: (Math.atan(slope) * 180) / Math.PI,
      right: (b * f - e * c) / determinant,
      down: (d * c - a * f) / determinant,
      steep: Math.abs(theta) > 0.01,
      area: determinant / shrink ** 2,
    }
  })
  for (const { area } of parameters) expect(Math.abs(area - 1)).toBeLessThan(1e-5)
  const within = (range: number) => uniformDistribution({ low: -range, high: range })
  assertDistribution(
    parameters.map(({ rotation }) => rotation),
    within(30),
    'rotation',
  )
  assertDistribution(
    parameters.map(({ scale }) => scale),
    within(0.2),
    'scale',
  )
  assertDistribution(
    parameters.map(({ right }) => right),
    within(3),
    'shift to the right',
  )
  assertDistribution(
    parameters.map(({ down }) => down),
    within(3),
    'shift downwards',
  )
  // Where the rotation is next to nothing, the slope cannot be told from the map.
  assertDistribution(
    parameters.filter(({ steep }) => steep).map(({ shear }) => shear),
    within(20),
    'shear',
  )
})

test('the basis holds the centres of the pixels in the coordinates of gridSample', () => {
  const identity = [1, 0, 0, 0, 1, 0]
  const { shape, data } = (affineBasis(2, 4).op as { value: Value }).value
  expect(shape).toEqual([6, 16])
  const places = Array.from({ length: 16 }, (_, k) =>
    identity.reduce((total, x, i) => total + x * Number(data[i * 16 + k]), 0),
  )
  expect(places).toEqual([
    -0.75, -0.5, -0.25, -0.5, 0.25, -0.5, 0.75, -0.5, -0.75, 0.5, -0.25, 0.5, 0.25, 0.5, 0.75, 0.5,
  ])
})
