// The tables of the page.

import { markdownTable } from '../shared/page.ts'
import { best, median, trialsToReach } from './efficiency.ts'
import type { Grid, Measured } from './measure.ts'
import { titles } from './network.ts'

const percent = (x: number) => `${(100 * x).toFixed(1)} %`

/** How many random trials find what a grid finds, more often than not, and nearly always. */
export function needed({ random }: Measured, { trials }: Grid): { readonly half: number; readonly nearly: number } {
  const needs = (probability: number) => trialsToReach(random, best(trials), probability) ?? Number.POSITIVE_INFINITY
  return { half: needs(0.5), nearly: needs(0.95) }
}

const countText = (count: number, of: number) => (Number.isFinite(count) ? String(count) : `more than ${of}`)

export function summary(measured: Measured): string {
  const { plan, random, grids, importances } = measured
  const shares = importances.map(({ parameter, importance }) => [titles[parameter] ?? parameter, percent(importance)])
  const rows = grids.map((grid) => {
    const { half, nearly } = needed(measured, grid)
    return [
      `${grid.points} values of each, place ${grid.place + 1}`,
      String(grid.trials.length),
      percent(best(grid.trials)),
      countText(half, random.length),
      countText(nearly, random.length),
    ]
  })
  const medians = plan.grids.map(({ points }) => {
    const own = grids.filter((grid) => grid.points === points)
    const half = median(own.map((grid) => needed(measured, grid).half))
    const trials = own[0]?.trials.length ?? 0
    return `A grid of ${trials} trials is worth ${half} random trials, in the median over ${own.length} places: ${(trials / half).toFixed(1)} times fewer.`
  })
  return [
    `${plan.train} generated digits to train on, ${plan.validation} to validate; ${plan.epochs} epochs. The best of ${random.length} random trials: ${percent(best(random))}.`,
    markdownTable(['parameter', 'share of the explained variance'], shares),
    markdownTable(['grid', 'trials', 'best accuracy', 'random trials, probability ½', 'probability 0.95'], rows),
    medians.join('\n'),
  ].join('\n\n')
}
