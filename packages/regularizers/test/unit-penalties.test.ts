import {
  constant,
  constantHyperparameters,
  evaluate,
  numbers,
  OptionError,
  type ParameterInfo,
  type Regularizer,
  type Schedule,
  scalar,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as regularizers from '@gradwerk/regularizers'
import { type GroupLassoOptions, groupLasso, orthogonality } from '@gradwerk/regularizers'
import { parameterInfo, randomValue, regularizerSuite } from '@gradwerk/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

function doubling({ from }: { from: number }): Schedule {
  return { kind: 'schedule', name: 'doubling', options: { from }, at: (step) => from * 2 ** step }
}
const registries = [regularizers, { doubling }]
const transposed: ParameterInfo = { ...parameterInfo([4, 3, 2, 2]), outputAxes: [1], inputAxes: [0], groups: 2 }
const grouped: ParameterInfo = { ...parameterInfo([4, 2, 3, 3]), groups: 2 }

regularizerSuite(
  groupLasso,
  [
    { plugin: groupLasso(0.2) },
    { plugin: groupLasso({ strength: 0.2, groups: 'inputs', scaleBySize: false }) },
    { plugin: groupLasso({ strength: 0.2, method: 'subgradient' }), shape: [2, 3, 2, 2] },
    { plugin: groupLasso({ strength: 0.2, groups: 'inputs' }), shape: grouped.shape, info: grouped },
    { plugin: groupLasso(0.2), shape: transposed.shape, info: transposed, title: 'groupLasso, transposed and grouped' },
    { plugin: groupLasso(doubling({ from: 0.1 })), shape: [5], title: 'groupLasso of a vector' },
  ],
  { registries },
)
regularizerSuite(
  orthogonality,
  [
    { plugin: orthogonality(0.1) },
    { plugin: orthogonality(0.1), shape: [3, 4], title: 'orthogonality, wide' },
    { plugin: orthogonality(doubling({ from: 0.1 })), shape: grouped.shape, info: grouped },
    { plugin: orthogonality(0.1), shape: transposed.shape, info: transposed, title: 'orthogonality, transposed' },
  ],
  { registries },
)

const scope = constantHyperparameters().scope('regularizer')
const valueIn = (x: Tensor | undefined) => Array.from(numbers(evaluate([x as Tensor])[0] as Value))
const penaltyOf = (regularizer: Regularizer, w: Value, info = parameterInfo(w.shape)) =>
  valueIn(regularizer.penalty?.(constant(w), scope, info))[0] as number

describe('by hand', () => {
  // Columns (3, 4) of norm 5 and (0, 1) of norm 1; rows of norms 3 and √17.
  const kernel = valueOf('float32', [2, 2], [3, 0, 4, 1])

  test.each<[GroupLassoOptions, number]>([
    [{ strength: 0.5, scaleBySize: false }, 3],
    [{ strength: 0.5 }, 3 * Math.SQRT2],
    [{ strength: 2, groups: 'inputs', scaleBySize: false }, 6 + 2 * Math.sqrt(17)],
  ])('the group lasso %j', (options, expected) => {
    expect(penaltyOf(groupLasso(options), kernel)).toBeCloseTo(expected, 5)
  })

  test('the proximal map shortens a group by the threshold, to exact zeros', () => {
    const lasso = groupLasso({ strength: 4, scaleBySize: false })
    const shrunk = valueIn(lasso.proximal?.(constant(kernel), scalar(0.5), scope, parameterInfo([2, 2])))
    ;[1.8, 0, 2.4, 0].forEach((x, i) => void expect(shrunk[i]).toBeCloseTo(x, 6))
    expect([shrunk[1], shrunk[3]]).toEqual([0, 0])
  })

  test('what reads one channel of a grouped kernel lies within its group', () => {
    // Two groups of two filters, one channel each: [4, 1, 1, 1].
    const w = valueOf('float32', [4, 1, 1, 1], [3, 4, 5, 12])
    const lasso = groupLasso({ strength: 1, groups: 'inputs', scaleBySize: false })
    expect(penaltyOf(lasso, w, { ...parameterInfo(w.shape), groups: 2 })).toBeCloseTo(5 + 13, 5)
    expect(penaltyOf(lasso, w)).toBeCloseTo(Math.hypot(5, 13), 5)
  })

  test('the orthogonality penalty', () => {
    // W Wᵀ of the columns as rows: [[25, 4], [4, 1]].
    expect(penaltyOf(orthogonality(0.5), kernel)).toBeCloseTo(0.5 * (24 ** 2 + 2 * 16), 3)
  })
})

test('the orthogonality penalty is 0 for orthonormal units, and of the smaller side', () => {
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)]
  const tall = valueOf('float32', [3, 2], [c, -s, s, c, 0, 0])
  const wide = valueOf('float32', [2, 3], [c, s, 0, -s, c, 0])
  for (const w of [tall, wide]) expect(penaltyOf(orthogonality(1), w)).toBeCloseTo(0, 10)
})

test('filters of different groups need not be orthogonal: they see different channels', () => {
  const w = valueOf('float32', [2, 2, 1, 1], [0.6, 0.8, 0.6, 0.8])
  expect(penaltyOf(orthogonality(1), w, { ...parameterInfo(w.shape), groups: 2 })).toBeCloseTo(0, 10)
  expect(penaltyOf(orthogonality(1), w)).toBeCloseTo(2, 5)
})

test('with step sizes of their own for all elements, the proximal map is at a stationary point of its definition', () => {
  // With v = prox(w): (wᵢ − vᵢ) / tᵢ = λ vᵢ / ‖v‖, and ‖w / t‖ ≤ λ where v is 0. Thresholds that span nine decades, as Adam's may.
  const number = fc.double({ min: -4, max: 4, noNaN: true })
  const exponent = fc.double({ min: -6, max: 3, noNaN: true })
  let vanished = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(number, exponent), { minLength: 1, maxLength: 8 }), (pairs) => {
      const shape = [pairs.length, 1]
      const w = valueOf(
        'float32',
        shape,
        pairs.map(([x]) => x),
      )
      const t = valueOf(
        'float32',
        shape,
        pairs.map(([, e]) => 10 ** e),
      )
      const lasso = groupLasso({ strength: 0.5, scaleBySize: false })
      const v = valueIn(lasso.proximal?.(constant(w), constant(t), scope, parameterInfo(shape)))
      const [x, size] = [numbers(w), numbers(t)]
      const norm = Math.hypot(...v)
      if (norm === 0) {
        vanished++
        expect(Math.hypot(...v.map((_, i) => (x[i] as number) / (size[i] as number)))).toBeLessThanOrEqual(0.5 * 1.0001)
      }
      for (const [i, vi] of v.entries())
        if (norm > 0)
          expect(Math.abs(vi * (1 + (0.5 * (size[i] as number)) / norm) - (x[i] as number))).toBeLessThan(1e-5)
    }),
    { numRuns: 200, seed: 1 },
  )
  expect(vanished).toBeGreaterThan(10)
})

test('so it is for large groups, whose norm no single element decides', () => {
  const shape = [64, 200]
  const w = randomValue({ dtype: 'float32', shape }, 6, { low: -2, high: 2 })
  const exponents = numbers(randomValue({ dtype: 'float32', shape }, 7))
  const t = valueOf(
    'float32',
    shape,
    Array.from(exponents, (e) => 10 ** (2 * e)),
  )
  const lasso = groupLasso({ strength: 6, scaleBySize: false })
  const v = valueIn(lasso.proximal?.(constant(w), constant(t), scope, parameterInfo(shape)))
  let vanished = 0
  for (let unit = 0; unit < 200; unit++) {
    const own = Array.from({ length: 64 }, (_, i) => 200 * i + unit)
    const norm = Math.hypot(...own.map((i) => v[i] as number))
    if (norm === 0) vanished++
    for (const i of own) {
      const x = numbers(w)[i] as number
      const expected = norm === 0 ? 0 : (x * norm) / (norm + 6 * (numbers(t)[i] as number))
      expect(Math.abs((v[i] as number) - expected)).toBeLessThan(1e-5)
    }
  }
  expect(vanished).toBeLessThan(200)
})

test('equal step sizes for all elements are one step size', () => {
  const w = randomValue({ dtype: 'float32', shape: [40, 10] }, 5)
  const map = (t: Tensor) => valueIn(groupLasso(0.3).proximal?.(constant(w), t, scope, parameterInfo(w.shape)))
  const sizes = valueOf('float32', w.shape, new Float32Array(400).fill(0.9))
  const one = map(scalar(0.9))
  map(constant(sizes)).forEach((x, i) => void expect(x).toBeCloseTo(one[i] as number, 6))
  expect(one.filter((x) => x === 0).length % 40).toBe(0)
})

test.each([
  () => groupLasso(-1),
  () => groupLasso({ strength: 1, groups: 'rows' as 'inputs' }),
  () => groupLasso({ strength: 1, method: 'newton' as 'proximal' }),
  () => orthogonality(-1),
  () => orthogonality({} as { strength: number }),
])('%s is refused', (make) => {
  expect(make).toThrow(OptionError)
})
