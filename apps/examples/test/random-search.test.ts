import { beforeAll, describe, expect, test } from 'vitest'
import { best, bestOf, median, missing, trialsToReach } from '../src/random-search/efficiency.ts'
import { gridValues, type Measured, measure } from '../src/random-search/measure.ts'
import { space } from '../src/random-search/network.ts'
import { needed } from '../src/random-search/tables.ts'

/** All ways to draw k of some trials. */
function draws<T>(trials: readonly T[], k: number): T[][] {
  if (k === 0) return [[]]
  return trials.flatMap((trial, i) => draws(trials.slice(i + 1), k - 1).map((rest) => [trial, ...rest]))
}

describe('counting random searches', () => {
  const trials = [0.3, 0.9, 0.5, 0.9, 0.1, 0.7, 0.2].map((accuracy) => ({ parameters: {}, accuracy }))

  test.each([1, 2, 3, 4, 5, 6, 7])('agrees with an enumeration of all draws of %i', (k) => {
    const bests = draws(trials, k).map(best)
    for (const accuracy of [0.1, 0.5, 0.6, 0.7, 0.9, 1]) {
      const m = trials.filter((trial) => trial.accuracy >= accuracy).length
      const without = bests.filter((found) => found < accuracy).length / bests.length
      expect(missing(trials.length, m, k)).toBeCloseTo(without, 12)
      const enough = trialsToReach(trials, accuracy, 0.5)
      expect(enough !== undefined && enough <= k).toBe(1 - without >= 0.5)
    }
    // The level that at least half of the draws reach, and no higher one.
    const level = bestOf(trials, k, 0.5)
    expect(bests.filter((found) => found >= level).length / bests.length).toBeGreaterThanOrEqual(0.5)
    expect(bests.filter((found) => found > level).length / bests.length).toBeLessThan(0.5)
  })
})

describe('random search and grids', () => {
  let measured: Measured
  beforeAll(async () => {
    const small = { train: 200, validation: 300, epochs: 3, batchSize: 20 }
    measured = await measure({ ...small, trials: 96, grids: [{ points: 3, places: 1 }] })
  }, 300_000)
  const rates = (trials: Measured['random']) =>
    new Set(trials.map(({ parameters }) => parameters['optimizer.learningRate']))

  test('a grid tries few values of what matters, a random search as many as it has trials', () => {
    for (const { trials } of measured.grids) {
      expect(trials).toHaveLength(3 ** 5)
      expect(new Set(trials.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(3 ** 5)
      expect(rates(trials).size).toBe(3)
    }
    expect(rates(measured.random).size).toBe(96)
  })

  test('the learning rate matters, and hardly anything else', () => {
    const [first] = measured.importances
    expect(first?.parameter).toBe('optimizer.learningRate')
    expect(first?.importance).toBeGreaterThan(0.7)
  })

  test('a third of the trials finds what the grid finds, more often than not', () => {
    expect(median(measured.grids.map((grid) => needed(measured, grid).half))).toBeLessThan(3 ** 5 / 3)
  })
})

test('grids lie in the middles of equal cells first, and elsewhere in their ranges', () => {
  const middles = gridValues(3, 0)
  expect(middles['model.layers.4.dropProbability']?.map((x) => Number(x.toFixed(6)))).toEqual([0.133333, 0.4, 0.666667])
  expect(middles['optimizer.learningRate']?.map((x) => Math.log10(x).toFixed(6))).toEqual([
    '-2.500000',
    '-1.500000',
    '-0.500000',
  ])
  for (const place of [1, 2])
    for (const [path, values] of Object.entries(gridValues(3, place))) {
      expect(values).not.toEqual(middles[path])
      const range = space[path]
      for (const x of values)
        expect(range?.type !== 'categorical' && range && x >= range.low && x <= range.high).toBe(true)
    }
})
