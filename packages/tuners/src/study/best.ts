// Which trials are best.

import type { Direction, TrialRecord } from '@gradwerk/core'

/** Values as numbers to minimize. */
function losses(values: readonly number[], directions: readonly Direction[]): readonly number[] {
  return values.map((value, i) => (directions[i] === 'maximize' ? -value : value))
}

interface Scored<T> {
  readonly trial: T
  readonly losses: readonly number[]
}

function complete<T extends TrialRecord>(trials: readonly T[], directions: readonly Direction[]): Scored<T>[] {
  return trials.flatMap((trial) =>
    trial.state === 'complete' && trial.values !== undefined && trial.values.length === directions.length
      ? [{ trial, losses: losses(trial.values, directions) }]
      : [],
  )
}

/** The complete trial with the best value; of several the first. */
export function bestOf<T extends TrialRecord>(trials: readonly T[], directions: readonly Direction[]): T | undefined {
  let best: Scored<T> | undefined
  for (const scored of complete(trials, directions))
    if (best === undefined || (scored.losses[0] as number) < (best.losses[0] as number)) best = scored
  return best?.trial
}

/** No worse in any direction, and better in one. */
function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((loss, i) => loss <= (b[i] as number)) && a.some((loss, i) => loss < (b[i] as number))
}

/** The complete trials that no other is better than: the Pareto front, by number. Trials with equal values all belong to it. */
export function paretoOf<T extends TrialRecord>(trials: readonly T[], directions: readonly Direction[]): readonly T[] {
  const all = complete(trials, directions)
  // In lexicographic order nothing is dominated by what follows it, so that the front found so far decides.
  const sorted = all.toSorted((a, b) => {
    const i = a.losses.findIndex((loss, j) => loss !== b.losses[j])
    return i < 0 ? 0 : (a.losses[i] as number) < (b.losses[i] as number) ? -1 : 1
  })
  const front: Scored<T>[] = []
  for (const scored of sorted) if (!front.some((better) => dominates(better.losses, scored.losses))) front.push(scored)
  return front.map(({ trial }) => trial).toSorted((a, b) => a.number - b.number)
}

/** How many trials ended, however they did, after the last one that improved the best value or the Pareto front. */
export function trialsSinceImprovement(trials: readonly TrialRecord[], directions: readonly Direction[]): number {
  const last = directions.length > 1 ? paretoOf(trials, directions).at(-1) : bestOf(trials, directions)
  const ended: readonly TrialRecord['state'][] = ['complete', 'pruned', 'failed']
  return trials.filter(({ number, state }) => ended.includes(state) && number > (last?.number ?? -1)).length
}
