import { keyOf, randomStream, type TrialRecord } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { branchingAxes, otherBranch } from './branch.ts'
import { axesOf } from './coordinates.ts'
import { normalMass } from './normal.ts'
import { crowdingDistances, dominationRanks } from './pareto.ts'
import { parzen } from './parzen.ts'
import { fromBestToWorst } from './rank.ts'
import { bestCandidate } from './startup.ts'

const random = randomStream(keyOf(3))

test.each([
  // SciPy 1.17: norm.cdf(b) − norm.cdf(a), in the upper tail norm.sf(a) − norm.sf(b).
  [-1, 1, 0.6826894921370859],
  [0, 0.5, 0.19146246127401312],
  [-0.3, 2, 0.5951612902407735],
  [6, 7, 9.853078324938e-10],
  [-8, -7.5, 3.128682067168e-14],
])('a normal number lies between %d and %d with probability %d', (a, b, expected) => {
  expect(Math.abs(normalMass(a, b) / expected - 1)).toBeLessThan(1e-6)
})

const axes = axesOf({
  real: { type: 'float', low: 1e-3, high: 10, log: true },
  whole: { type: 'int', low: 1, high: 6, log: true },
  step: { type: 'float', low: 0, high: 0.4, step: 0.1 },
  choice: { type: 'categorical', choices: ['a', 'b', 'c'] },
})
const observations = [
  { point: [0.1, 0.3, 0.5, 2], weight: 3 },
  { point: [0.9, 0.4, 0, 0], weight: 1 },
  { point: [0.8, Number.NaN, 0.9, Number.NaN], weight: 1 },
]
const estimator = parzen(axes, observations, { prior: 1, bandwidth: 0.2, spread: () => 0.3 })

test('cells of whole numbers and steps fill the unit interval, and hold their values', () => {
  for (const [axis, values] of [
    [axes[1], [1, 2, 3, 4, 5, 6]],
    [axes[2], [0, 0.1, 0.2, 0.3, 0.4]],
  ] as const) {
    let end = 0
    for (const [i, value] of values.entries()) {
      const [low = 0, high = 0] = axis?.cell(i) ?? []
      expect(low).toBeCloseTo(end, 12)
      expect(axis?.cellOf(axis.toCoordinate(value))).toBe(i)
      expect(axis?.fromCoordinate((low + high) / 2)).toBe(value)
      end = high
    }
    expect(end).toBeCloseTo(1, 12)
  }
})

test('the density of an estimator is 1 over all cells, choices and real numbers', () => {
  let total = 0
  const grid = 400
  for (let r = 0; r < grid; r++)
    for (let w = 0; w < 6; w++)
      for (let s = 0; s < 5; s++)
        for (let c = 0; c < 3; c++) {
          const [low = 0, high = 0] = axes[1]?.cell(w) ?? []
          total += Math.exp(estimator.logDensity([(r + 0.5) / grid, (low + high) / 2, (s + 0.5) / 5, c])) / grid
        }
  expect(total).toBeCloseTo(1, 4)
})

test('narrow cells have the mass of their density', () => {
  const [axis] = axesOf({ wide: { type: 'int', low: 1, high: 200 } })
  const bandwidth = 0.2
  const one = parzen(axis ? [axis] : [], [{ point: [0.1], weight: 1 }], { prior: 1e-9, bandwidth, spread: () => 0 })
  const inside = normalMass(-0.1 / bandwidth, 0.9 / bandwidth)
  for (const cell of [0, 20, 100, 199]) {
    const [low = 0, high = 0] = axis?.cell(cell) ?? []
    const mass = normalMass((low - 0.1) / bandwidth, (high - 0.1) / bandwidth) / inside
    expect(Math.abs(one.logDensity([(low + high) / 2]) - Math.log(mass))).toBeLessThan(0.01)
  }
})

test('points are drawn as often as their density says', () => {
  const count = 20_000
  const drawn = Array.from({ length: count }, () =>
    estimator.sample([Number.NaN, Number.NaN, Number.NaN, Number.NaN], random),
  )
  expect(drawn.every((point) => point.slice(0, 3).every((x) => x >= 0 && x <= 1))).toBe(true)
  const share = (holds: (point: readonly number[]) => boolean) => drawn.filter(holds).length / count
  // Weights 3, 1, 1 and the prior's 1; a kernel keeps its choice with 0.7 + 0.3 / 3.
  const [own, other, flat] = [0.8 / 6, 0.1 / 6, 1 / 18]
  expect(share((point) => point[3] === 2)).toBeCloseTo(3 * own + other + 2 * flat, 1.8)
  expect(share((point) => point[3] === 0)).toBeCloseTo(3 * other + own + 2 * flat, 1.8)
  const inside = (centre: number) =>
    normalMass(-centre / 0.2, (0.5 - centre) / 0.2) / normalMass(-centre / 0.2, (1 - centre) / 0.2)
  const low = (3 * inside(0.1) + inside(0.9) + inside(0.8) + 0.5) / 6
  expect(Math.abs(share((point) => (point[0] as number) < 0.5) - low)).toBeLessThan(4.6 * Math.sqrt(0.25 / count))
})

test('given coordinates are kept, and choose the kernels', () => {
  const given = [0.9, Number.NaN, Number.NaN, 0]
  const drawn = Array.from({ length: 2000 }, () => estimator.sample(given, random))
  expect(drawn.every((point) => point[0] === 0.9 && point[3] === 0)).toBe(true)
  // Only the second trial has the choice and lies near: its step, the first cell, is drawn most often.
  expect(drawn.filter((point) => (point[2] as number) < 0.2).length).toBeGreaterThan(1000)
})

function trial(
  number: number,
  state: TrialRecord['state'],
  values?: number[],
  reports: [number, number][] = [],
): TrialRecord {
  return { number, state, values, parameters: {}, distributions: {}, intermediate: new Map(reports) }
}

test('complete trials rank by value, pruned ones behind them by step, then by their last value', () => {
  const trials = [
    trial(0, 'pruned', [0], [[1, 0]]),
    trial(1, 'complete', [5]),
    trial(
      2,
      'pruned',
      [9],
      [
        [3, 9],
        [2, 0],
      ],
    ),
    trial(3, 'pruned'),
    trial(4, 'complete', [Number.POSITIVE_INFINITY]),
    trial(5, 'complete', [-1]),
    trial(6, 'failed'),
    trial(7, 'pruned', [7], [[3, 7]]),
    trial(8, 'running'),
  ]
  const order = (direction: 'minimize' | 'maximize') =>
    fromBestToWorst({ trials, directions: [direction] }).map(({ number }) => number)
  expect(order('minimize')).toEqual([5, 1, 4, 7, 2, 0, 3])
  expect(order('maximize')).toEqual([4, 1, 5, 2, 7, 0, 3])
})

test('several directions rank by front, then by distance to neighbours', () => {
  const points = [
    [0, 3],
    [1, 1],
    [3, 0],
    [2, 2],
    [1.1, 0.9],
    [4, 4],
  ]
  const ranks = dominationRanks(points)
  expect(ranks).toEqual([0, 0, 0, 1, 0, 2])
  // In the first front the neighbours of [1, 1] are [0, 3] and [1.1, 0.9]; (1.1 − 0) / 3 + (3 − 0.9) / 3.
  expect(crowdingDistances(points, ranks)[1]).toBeCloseTo(3.2 / 3, 12)
  const trials = points.map(([a = 0, b = 0], i) => trial(i, 'complete', [a, -b]))
  const order = fromBestToWorst({ trials, directions: ['minimize', 'maximize'] }).map(({ number }) => number)
  expect(order).toEqual([0, 2, 1, 4, 3, 5])
})

test('of random candidates the one apart from the known points is taken', () => {
  const unit = axesOf({ x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } })
  const [x = 0, y = 0] = bestCandidate(
    unit,
    [
      [0, 0.1],
      [0.5, 0],
      [0.2, 0.5],
    ],
    [Number.NaN, Number.NaN],
    2000,
    random,
  )
  expect(x).toBeGreaterThan(0.95)
  expect(y).toBeGreaterThan(0.9)
  expect(bestCandidate(unit, [], [0.25, Number.NaN], 3, random)[0]).toBe(0.25)
})

test('a category branches where its choice tells which parameters there are', () => {
  const none = Number.NaN
  const space = axesOf({
    method: { type: 'categorical', choices: ['a', 'b', 'c'] },
    activation: { type: 'categorical', choices: ['x', 'y'] },
    momentum: { type: 'float', low: 0, high: 1 },
  })
  const points = [
    [0, 0, 0.5],
    [1, 1, none],
    [2, 0, none],
    [0, 1, 0.2],
  ]
  expect(branchingAxes(space, points)).toEqual([0])
  expect(branchingAxes(space, points.slice(1, 3))).toEqual([])
  expect(branchingAxes(space, [...points, [0, 0, none]])).toEqual([])
  const free = [none, none, none]
  const tried = Array.from({ length: 400 }, () => otherBranch(space, points, free, random))
  const choices = tried.flatMap((branch) => (branch === undefined ? [] : [branch.choice]))
  expect(new Set(choices)).toEqual(new Set([1, 2]))
  expect(Math.abs(choices.length - 200)).toBeLessThan(4.6 * 10)
  expect(otherBranch(space, points, [0, none, none], random)).toBeUndefined()
})
