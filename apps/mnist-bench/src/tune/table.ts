// The tables at the end of `bench tune`.

import { decimal, percent } from '../format.ts'
import { type Estimate, estimate } from '../statistics.ts'
import type { Style } from '../style.ts'
import { interval, openTable } from '../table.ts'
import type { SearchSummary, TuneSummary } from './summary.ts'
import { titleOf, valueText } from './titles.ts'

/** A row for all searches that differ by the seed alone: what was found, what it took, and what the best parameters are worth with other seeds. */
export function searchTable({ searches, settings: { trials } }: TuneSummary, style: Style): string {
  const half = Math.ceil(trials / 2)
  const heads = [
    ...['', 'trials', 'pruned', 'diverged', 'epochs', `best of ${half}`, `best of ${trials}`],
    ...['train loss', 'validation', 'test accuracy'],
  ]
  const table = openTable(heads)
  table.push(heads.map((head) => style.dim(head)))
  for (const group of new Set(searches.map((one) => one.group))) {
    const own = searches.filter((one) => one.group === group)
    const sum = (of: (one: SearchSummary) => number) => String(own.reduce((total, one) => total + of(one), 0))
    const best = (after: number) => overSearches(own.map(({ bestAfter }) => bestAfter[after - 1]))
    const figures = own.flatMap(({ winner }) => winner?.figures ?? [])
    table.push([
      group,
      sum(({ bestAfter }) => bestAfter.length),
      sum(({ trials }) => trials.pruned),
      sum(({ trials }) => trials.diverged),
      sum(({ epochs }) => epochs),
      best(half),
      best(trials),
      figures.length === 0 ? '–' : decimal(estimate(figures.map(({ trainLoss }) => trainLoss)).mean),
      cell(figures.map(({ validationAccuracy }) => validationAccuracy)),
      style.bold(cell(figures.flatMap(({ testAccuracy }) => testAccuracy ?? []))),
    ])
  }
  return table.toString()
}

/** Means over the seeds of a search, once all have come so far. */
function overSearches(accuracies: readonly (number | null | undefined)[]): string {
  const known = accuracies.flatMap((accuracy) => accuracy ?? [])
  return known.length < accuracies.length ? '–' : percent(estimate(known).mean)
}

function cell(accuracies: readonly number[]): string {
  return accuracies.length === 0 ? '–' : interval(estimate(accuracies) satisfies Estimate)
}

/** The best parameters of every search. */
export function parameterTable({ searches }: TuneSummary, style: Style): string {
  const titles = [...new Set(searches.flatMap(({ space }) => Object.keys(space).map(titleOf)))]
  const heads = ['best parameters', 'trial', ...titles, 'validation']
  const table = openTable(heads)
  table.push(heads.map((head) => style.dim(head)))
  for (const { name, best } of searches) {
    if (best === null) continue
    const own = new Map(Object.entries(best.parameters).map(([path, value]) => [titleOf(path), valueText(value)]))
    const values = titles.map((title) => own.get(title) ?? '')
    table.push([name, String(best.trial), ...values, percent(best.validationAccuracy)])
  }
  return table.toString()
}
