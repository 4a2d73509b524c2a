// Trials in the order of how good they are.

import type { Direction, StudyView, TrialRecord } from '@gradwerk/core'
import { crowdingDistances, dominationRanks } from './pareto.ts'

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)

/** Values with signs that make smaller better. */
function costs(values: readonly number[], directions: readonly Direction[]): number[] {
  return values.map((value, i) => (directions[i] === 'maximize' ? -value : value))
}

function byValue(trials: readonly TrialRecord[], directions: readonly Direction[]): TrialRecord[] {
  const known = trials.map((trial) => ({ trial, costs: costs(trial.values ?? [], directions) }))
  if (directions.length === 1)
    return known.toSorted((a, b) => compare(a.costs[0] ?? 0, b.costs[0] ?? 0)).map(({ trial }) => trial)
  const ranks = dominationRanks(known.map((one) => one.costs))
  const distances = crowdingDistances(
    known.map((one) => one.costs),
    ranks,
  )
  return [...known.keys()]
    .toSorted((a, b) => compare(ranks[a] ?? 0, ranks[b] ?? 0) || compare(distances[b] ?? 0, distances[a] ?? 0))
    .map((i) => (known[i] as { trial: TrialRecord }).trial)
}

/** The step and the value of the last report that is a number. */
function lastReport({ intermediate }: TrialRecord): readonly [number, number] | undefined {
  let last: readonly [number, number] | undefined
  for (const [step, value] of intermediate)
    if (!Number.isNaN(value) && (last === undefined || step > last[0])) last = [step, value]
  return last
}

/**
 * Complete trials from the best to the worst, then pruned ones: those that got further first, of equals the one with the better last value, and at the
 * end those that reported nothing. Of several directions the rank of non-domination decides, within a rank the crowding distance.
 */
export function fromBestToWorst({ trials, directions }: StudyView): TrialRecord[] {
  const complete = trials.filter(({ state, values }) => state === 'complete' && values?.length === directions.length)
  const pruned = trials.filter(({ state }) => state === 'pruned')
  const sign = directions[0] === 'maximize' ? -1 : 1
  const reports = new Map(pruned.map((trial) => [trial, lastReport(trial) ?? [-1, 0]]))
  const report = (trial: TrialRecord) => reports.get(trial) as readonly [number, number]
  pruned.sort((a, b) => compare(report(b)[0], report(a)[0]) || compare(sign * report(a)[1], sign * report(b)[1]))
  return [...byValue(complete, directions), ...pruned]
}
