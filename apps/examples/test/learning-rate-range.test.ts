import { beforeAll, describe, expect, test } from 'vitest'
import { rangeFigure } from '../src/learning-rate-range/figures.ts'
import {
  bestOf,
  highest,
  type Measured,
  measure,
  optimizerNames,
  type Plan,
} from '../src/learning-rate-range/measure.ts'
import { summary } from '../src/learning-rate-range/tables.ts'
import { svgOf } from '../src/shared/plot.ts'

const plan: Plan = { samples: 1000, steps: 120, epochs: 3, rates: [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10] }

describe('learning-rate range', () => {
  let measured: Measured[] = []
  beforeAll(async () => {
    measured = await measure(plan)
  })

  test.each(optimizerNames)('the suggestion trains, and is no fluke: %s', (name) => {
    const { suggestion, suggested, runs, sweep } = measured.find((one) => one.name === name) as Measured
    const chance = Math.log(10)
    expect(suggested.loss).toBeLessThan(0.5 * chance)
    // Rates far below hardly learn, rates far above do not either.
    expect(bestOf(runs.filter(({ rate }) => rate < suggestion / 50)).loss).toBeGreaterThan(0.9 * chance)
    expect(runs.at(-1)?.loss).toBeGreaterThan(2 * suggested.loss)
    // The best rate lies near: within a factor of 20.
    const best = bestOf(runs).rate
    expect(Math.max(best / suggestion, suggestion / best)).toBeLessThan(20)
    // The sweep ended before the last rate, and past the suggestion.
    expect(sweep.rates.at(-1)).toBeLessThan(highest)
    expect(sweep.rates.at(-1)).toBeGreaterThan(5 * suggestion)
  })

  test('page and figure have a row and a panel for each optimizer', async () => {
    const text = summary(plan, measured)
    const svg = await svgOf(rangeFigure(measured))
    for (const name of optimizerNames) {
      expect(text).toContain(`| ${name} |`)
      expect(svg).toContain(`>${name}<`)
    }
  })
})
