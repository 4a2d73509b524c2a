import {
  type Constraint,
  constant,
  constantHyperparameters,
  evaluate,
  numbers,
  OptionError,
  type ParameterInfo,
  type Schedule,
  type Shape,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as regularizers from '@gradwerk/regularizers'
import { maxNorm, minMaxNorm, nonNegative, unitNorm } from '@gradwerk/regularizers'
import { constraintSuite, parameterInfo, randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

function tightening({ from }: { from: number }): Schedule {
  return { kind: 'schedule', name: 'tightening', options: { from }, at: (step) => from / (step + 1) }
}

/** Norms of what feeds each output unit, element by element. */
function normsOf({ shape, data }: Value, { outputAxes, groups = 1 }: ParameterInfo): number[] {
  const squares = new Map<string, number>()
  for (let i = 0; i < data.length; i++) {
    let rest = i
    const index = [...shape].reverse().map((length) => {
      const at = rest % length
      rest = (rest - at) / length
      return at
    })
    index.reverse()
    const unit = outputAxes.map((axis) => index[axis])
    // Channels of different groups have the same index where axis 0 counts the inputs.
    if (groups > 1 && !outputAxes.includes(0))
      unit.push(Math.floor(((index[0] as number) * groups) / (shape[0] as number)))
    squares.set(unit.join(), (squares.get(unit.join()) ?? 0) + Number(data[i]) ** 2)
  }
  return [...squares.values()].map(Math.sqrt)
}

const slack = 1e-5
const atMost = (limit: number) => (w: Value, info: ParameterInfo) =>
  normsOf(w, info).every((norm) => norm <= limit * (1 + slack))
/** All units within bounds, or 0: these have no direction. */
const within = (low: number, high: number) => (w: Value, info: ParameterInfo) =>
  normsOf(w, info).every((norm) => norm === 0 || (norm >= low * (1 - slack) && norm <= high * (1 + slack)))

const convolution: Shape = [4, 2, 3, 3]
const transposed: ParameterInfo = { ...parameterInfo([4, 3, 2, 2]), outputAxes: [1], inputAxes: [0], groups: 2 }
const layouts = [
  {},
  { shape: convolution },
  { shape: convolution, info: { ...parameterInfo(convolution), groups: 2 }, title: 'grouped' },
  { shape: transposed.shape, info: transposed, title: 'transposed and grouped' },
  { shape: [5], title: 'of a vector' },
]
const named = (name: string, cases: readonly { readonly title?: string }[]) =>
  cases.map((each) => (each.title === undefined ? each : { ...each, title: `${name} ${each.title}` }))

constraintSuite(
  maxNorm,
  [
    ...named('maxNorm', layouts).map((layout) => ({ ...layout, plugin: maxNorm(0.7), holds: atMost(0.7) })),
    { plugin: maxNorm(tightening({ from: 2 })), holds: atMost(2) },
  ],
  { registries: [regularizers, { tightening }] },
)
constraintSuite(
  unitNorm,
  named('unitNorm', layouts).map((layout) => ({ ...layout, plugin: unitNorm(), holds: within(1, 1) })),
)
constraintSuite(nonNegative, [
  { plugin: nonNegative(), holds: ({ data }) => Array.from(data, Number).every((x) => x >= 0) },
])
constraintSuite(
  minMaxNorm,
  named('minMaxNorm', layouts).map((layout) => ({
    ...layout,
    plugin: minMaxNorm({ min: 0.5, max: 1.5 }),
    holds: within(0.5, 1.5),
  })),
)

const scope = constantHyperparameters().scope('constraint')
function projected(constraint: Constraint, parameter: Value, info = parameterInfo(parameter.shape)): number[] {
  return Array.from(numbers(evaluate([constraint.project(constant(parameter), info, scope)])[0] as Value))
}

describe('by hand', () => {
  // Columns (3, 4) of norm 5 and (0, 1) of norm 1.
  const kernel = valueOf('float32', [2, 2], [3, 0, 4, 1])

  test.each<[Constraint, number[]]>([
    [maxNorm(2.5), [1.5, 0, 2, 1]],
    [maxNorm(), [1.8, 0, 2.4, 1]],
    [unitNorm(), [0.6, 0, 0.8, 1]],
    [nonNegative(), [3, 0, 4, 1]],
    [minMaxNorm({ min: 2, max: 4 }), [2.4, 0, 3.2, 2]],
    // Half of the way: from 5 to 4.5, from 1 to 1.5.
    [minMaxNorm({ min: 2, max: 4, rate: 0.5 }), [2.7, 0, 3.6, 1.5]],
  ])('$name', (constraint, expected) => {
    projected(constraint, kernel).forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i] as number, 6)
    })
  })

  test('a unit within the set keeps its bits', () => {
    const small = randomValue({ dtype: 'float32', shape: [50, 20] }, 3, { low: -0.1, high: 0.1 })
    expect(projected(maxNorm(3), small)).toEqual(Array.from(numbers(small)))
    expect(projected(minMaxNorm({ max: 3, rate: 0.3 }), small)).toEqual(Array.from(numbers(small)))
  })

  test('a unit far outside of the shell arrives there to rounding', () => {
    // 1 + (b / ‖w‖ − 1) instead of b / ‖w‖ was off by 2e-5 here.
    const far = valueOf('float32', [2, 1], [300, -400])
    const norm = Math.hypot(...projected(minMaxNorm({ min: 0.2, max: 0.4 }), far))
    expect(Math.abs(norm / 0.4 - 1)).toBeLessThan(2e-7)
  })

  test('a transposed kernel with groups has a unit for each channel of each group', () => {
    const value = randomValue({ dtype: 'float32', shape: transposed.shape }, 4, { low: -9, high: 9 })
    const found = projected(maxNorm(1), value, transposed)
    expect(normsOf(valueOf('float32', transposed.shape, found), transposed)).toHaveLength(6)
    for (const norm of normsOf(valueOf('float32', transposed.shape, found), transposed)) expect(norm).toBeCloseTo(1, 5)
  })
})

test.each([
  () => maxNorm(0),
  () => maxNorm(-1),
  () => maxNorm(Number.NaN),
  () => minMaxNorm({ min: 2, max: 1 }),
  () => minMaxNorm({ max: 0 }),
  () => minMaxNorm({ rate: 0 }),
  () => minMaxNorm({ rate: 1.1 }),
  () => unitNorm({ limit: 1 } as never),
])('%s is refused', (make) => {
  expect(make).toThrow(OptionError)
})

test('a least norm above the largest is refused', () => {
  expect(() => minMaxNorm({ min: 2 })).toThrow("minMaxNorm: option 'min' is not valid; expected at most max; got 2")
})
