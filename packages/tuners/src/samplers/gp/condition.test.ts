import { expect, test } from 'vitest'
import { axisOf } from './axis.ts'
import { conditionsOf } from './condition.ts'
import { encodingOf } from './encoding.ts'

const absent = Number.NaN
const axes = [
  axisOf('optimizer', { type: 'categorical', choices: ['sgd', 'adam', 'none'] }),
  axisOf('layers', { type: 'int', low: 1, high: 4 }),
  axisOf('momentum', { type: 'float', low: 0, high: 0.99 }),
  axisOf('units3', { type: 'int', low: 8, high: 64 }),
]
/** Momentum exists for sgd, the units of a third layer from three layers on. */
const trials = Array.from({ length: 24 }, (_, i) => {
  const optimizer = i % 3
  const layers = (i * 5) % 4
  return Float64Array.of(optimizer, (layers + 0.5) / 4, optimizer === 0 ? 0.3 : absent, layers >= 2 ? 0.6 : absent)
})

test('conditions on a choice and on a threshold are learnt', () => {
  const conditions = conditionsOf(axes, trials)
  expect(conditions.slice(0, 2)).toEqual([undefined, undefined])
  for (const optimizer of [0, 1, 2])
    for (const layers of [0, 1, 2, 3]) {
      const places = Float64Array.of(optimizer, (layers + 0.5) / 4, 0.1, 0.1)
      expect(conditions[2]?.(places)).toBe(optimizer === 0)
      expect(conditions[3]?.(places)).toBe(layers >= 2)
    }
})

test('a parameter below another conditional one goes with it', () => {
  const chain = [...axes.slice(0, 1), axes[2], axisOf('nesterov', { type: 'float', low: 0, high: 1 })] as typeof axes
  const seen = trials.map((places) => {
    const momentum = places[2] as number
    return Float64Array.of(places[0] as number, momentum, Number.isNaN(momentum) ? absent : 0.5)
  })
  const conditions = conditionsOf(chain, seen)
  expect(conditions[2]?.(Float64Array.of(1, absent, 0.5))).toBe(false)
  expect(conditions[2]?.(Float64Array.of(0, 0.2, 0.5))).toBe(true)
})

test('categories are corners of a simplex with edges of length 1, and trials without a parameter are all in one place', () => {
  const { encode, owners } = encodingOf(axes, [false, false, true, true])
  expect(owners).toEqual([0, 0, 0, 1, 2, 2, 3, 3])
  const distance = (a: Float64Array, b: Float64Array): number =>
    Math.hypot(...encode(a).map((x, c) => x - (encode(b)[c] as number)))
  const one = Float64Array.of(0, 0.5, 0.5, 0.5)
  expect(distance(one, Float64Array.of(2, 0.5, 0.5, 0.5))).toBeCloseTo(1, 14)
  expect(distance(one, Float64Array.of(0, 0.1, 0.5, 0.5))).toBeCloseTo(0.4, 14)
  expect(distance(one, Float64Array.of(0, 0.5, absent, 0.5))).toBeCloseTo(0.5, 14)
  expect(distance(Float64Array.of(0, 0.5, 0.9, 0.5), Float64Array.of(0, 0.5, absent, 0.5))).toBeCloseTo(
    Math.hypot(0.4, 0.5),
    14,
  )
})
