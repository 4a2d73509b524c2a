import {
  constant,
  constantHyperparameters,
  evaluate,
  gradients,
  hyperparameters,
  input,
  OptionError,
  type Regularizer,
  type Schedule,
  scalar,
  type Tensor,
  topological,
  valueOf,
} from '@gradwerk/core'
import * as regularizers from '@gradwerk/regularizers'
import { elasticNet, l1, l2, ridge } from '@gradwerk/regularizers'
import { checkGradient, parameterInfo, randomValue, regularizerSuite } from '@gradwerk/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { halfSumOfSquares, sumOfMagnitudes } from '../src/sums.ts'

/** A schedule of strengths, for options that nest a plugin. */
function doubling({ from }: { from: number }): Schedule {
  return { kind: 'schedule', name: 'doubling', options: { from }, at: (step) => from * 2 ** step }
}

const registries = [regularizers, { doubling }]
regularizerSuite(
  l1,
  [
    { plugin: l1(0.1) },
    { plugin: l1({ strength: 0.1, method: 'subgradient' }), shape: [2, 3, 2, 2] },
    { plugin: l1(doubling({ from: 0.25 })), shape: [5] },
  ],
  { registries },
)
regularizerSuite(l2, [{ plugin: l2(0.1) }, { plugin: l2(doubling({ from: 2 })), shape: [2, 3, 2, 2] }], { registries })
regularizerSuite(ridge, [{ plugin: ridge(0.1) }], { registries })
regularizerSuite(
  elasticNet,
  [
    { plugin: elasticNet({ l1: 0.2, l2: 0.5 }) },
    { plugin: elasticNet({ l1: 0, l2: doubling({ from: 0.5 }) }) },
    { plugin: elasticNet({ l1: 0.2, l2: 0.5, method: 'subgradient' }) },
  ],
  { registries },
)

const scope = constantHyperparameters().scope('regularizer')
const w = valueOf('float32', [4], [1, -2, 3, -4])
const penaltyOf = (regularizer: Regularizer) =>
  evaluate([regularizer.penalty?.(constant(w), scope, parameterInfo(w.shape)) as Tensor])[0]?.data[0]

describe('by hand', () => {
  test.each([
    [l1(0.5), 5],
    [l2(0.5), 7.5],
    [ridge(0.5), 15],
    [elasticNet({ l1: 0.5, l2: 0.5 }), 12.5],
  ])('the penalty of $name', (regularizer, expected) => {
    expect(penaltyOf(regularizer)).toBe(expected)
  })

  test('a proximal map shrinks by step size times strength, to exact zeros', () => {
    const found = evaluate([l1(3).proximal?.(constant(w), scalar(0.75), scope, parameterInfo(w.shape)) as Tensor])[0]
    expect(Array.from(found?.data ?? [], Number)).toEqual([0, 0, 0.75, -1.75])
  })

  test('only a proximal method has a proximal map', () => {
    expect(l1({ strength: 1, method: 'subgradient' })).not.toHaveProperty('proximal')
    expect(elasticNet({ l1: 1, l2: 1, method: 'subgradient' })).not.toHaveProperty('proximal')
    expect(l2(1)).not.toHaveProperty('proximal')
  })
})

test('the proximal map is at a stationary point of its definition, for any numbers', () => {
  // With v = prox(w): (w − v) / t is a subgradient of the penalty at v.
  const number = fc.float({ min: -4, max: 4, noNaN: true })
  const positive = fc.float({ min: Math.fround(0.01), max: 2, noNaN: true })
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 8 }), positive, positive, positive, (data, t, a, b) => {
      const point = valueOf('float32', [data.length], data)
      const map = elasticNet({ l1: a, l2: b }).proximal?.(constant(point), scalar(t), scope, parameterInfo(point.shape))
      const found = evaluate([map as Tensor])[0]
      Array.from(found?.data ?? [], Number).forEach((v, i) => {
        const slope = ((data[i] ?? 0) - v) / t - b * v
        if (v === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(a * (1 + 1e-5))
        else expect(slope * Math.sign(v)).toBeCloseTo(a, 2)
      })
    }),
    { numRuns: 200, seed: 1 },
  )
})

test('ridge is l2 of twice the strength', () => {
  fc.assert(
    fc.property(fc.float({ min: 0, max: 10, noNaN: true }), (strength) => {
      expect(penaltyOf(ridge(strength))).toBe(penaltyOf(l2(2 * strength)))
    }),
    { numRuns: 50, seed: 1 },
  )
})

describe('the sums', () => {
  test.each([halfSumOfSquares, sumOfMagnitudes])('%o has the gradient of its composition', (f) => {
    const x = randomValue({ dtype: 'float32', shape: [3, 4] }, 1, { gap: 0.1 })
    checkGradient((from) => f(from), [x])
    const from = input('x', x.shape)
    const [fused, composed] = [f(from), f(from).expansion as Tensor].map((y) => gradients(y, [from])[0] as Tensor)
    const [a, b] = evaluate([fused as Tensor, composed as Tensor], { x })
    expect(a?.data).toEqual(b?.data)
  })

  test('the gradient of l2 passes over the parameter once', () => {
    const parameter = input('w', [4, 3])
    const [slope] = gradients(l2(0.1).penalty?.(parameter, scope, parameterInfo([4, 3])) as Tensor, [parameter])
    const passes = topological([slope as Tensor]).filter(({ shape, inputs }) => shape.length === 2 && inputs.length > 0)
    expect(passes).toHaveLength(1)
  })
})

test('the strength is one hyper-parameter of all parameters', () => {
  const collected = hyperparameters()
  const strength = doubling({ from: 1 })
  for (const [regularizer, name] of [
    [l1(strength), 'l1'],
    [elasticNet({ l1: 0.5, l2: strength }), 'net'],
  ] as const)
    for (const parameter of [input('a', [2]), input('b', [3])]) {
      const info = parameterInfo(parameter.shape)
      regularizer.penalty?.(parameter, collected.scope(name), info)
      regularizer.proximal?.(parameter, scalar(1), collected.scope(name), info)
    }
  expect([...collected.all].map(([name, { value }]) => [name, value])).toEqual([
    ['l1.strength', strength],
    ['net.l1', 0.5],
    ['net.l2', strength],
  ])
})

describe('options', () => {
  test.each([
    () => l1(-1),
    () => l1(Number.NaN),
    () => l1({ strength: 1, method: 'exact' as 'proximal' }),
    () => l2({} as { strength: number }),
    () => ridge(Number.POSITIVE_INFINITY),
    () => elasticNet({ l1: 1 } as { l1: number; l2: number }),
    () => elasticNet({ l1: -1, l2: 1 }),
    () => elasticNet({ l1: 1, l2: -1 }),
  ])('%s is refused', (make) => {
    expect(make).toThrow(OptionError)
  })

  test('a message names the option and its domain', () => {
    expect(() => l2(-1)).toThrow("l2: option 'strength' is not valid; expected number to be >=0; got -1")
  })
})
