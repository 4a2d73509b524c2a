// What the trials of a study came to, as one number each, to be minimised.

import type { Direction, RandomStream, StudyView, TrialRecord } from '@gradwerk/core'

export interface Outcomes {
  /** Trials with a value. */
  readonly observed: readonly { readonly trial: TrialRecord; readonly value: number }[]
  /** Trials that run: where they are is known, not what they will come to. */
  readonly pending: readonly TrialRecord[]
}

/** Values to be minimised; undefined where one is no number. */
function minimised(directions: readonly Direction[], values: readonly number[] | undefined): number[] | undefined {
  if (values === undefined || values.length < directions.length || values.some(Number.isNaN)) return undefined
  return directions.map((direction, d) => (direction === 'minimize' ? (values[d] as number) : -(values[d] as number)))
}

/** Infinite values take the place of the farthest finite one on their side. */
function finite(values: readonly number[]): number[] {
  const known = values.filter(Number.isFinite)
  if (known.length === 0) return values.map(() => 0)
  const low = known.reduce((a, b) => Math.min(a, b))
  const high = known.reduce((a, b) => Math.max(a, b))
  return values.map((value) => Math.min(high, Math.max(low, value)))
}

/**
 * One number for several objectives: the augmented Chebyshev sum max wᵢfᵢ + 0.05 Σ wᵢfᵢ of objectives scaled to [0, 1], with weights drawn
 * anew for every suggestion, which so aims at another part of the Pareto front (ParEGO, Knowles 2006).
 */
function scalarized(rows: readonly (readonly number[])[], random: RandomStream): number[] {
  const first = rows[0] ?? []
  if (first.length === 1) return finite(rows.map(([value]) => value as number))
  const weights = first.map(() => -Math.log(1 - random.uniform()))
  const total = weights.reduce((a, b) => a + b, 0)
  const columns = first.map((_, d) => {
    const column = finite(rows.map((row) => row[d] as number))
    const low = column.reduce((a, b) => Math.min(a, b))
    const range = column.reduce((a, b) => Math.max(a, b)) - low
    return column.map((value) => (range > 0 ? (value - low) / range : 0))
  })
  return rows.map((_, i) => {
    const parts = columns.map((column, d) => ((weights[d] as number) / total) * (column[i] as number))
    return Math.max(...parts) + 0.05 * parts.reduce((a, b) => a + b, 0)
  })
}

/**
 * Complete trials count with their value. A pruned or failed one is known to be no good, not how bad: it counts with its last value, and never as
 * better than the median of complete trials.
 */
export function outcomesOf({ directions, trials }: StudyView, random: RandomStream): Outcomes {
  const complete = trials.flatMap((trial) => {
    const values = trial.state === 'complete' ? minimised(directions, trial.values) : undefined
    return values === undefined ? [] : [{ trial, values }]
  })
  const scalars = scalarized(
    complete.map(({ values }) => values),
    random,
  )
  const observed = complete.map(({ trial }, i) => ({ trial, value: scalars[i] as number }))
  const median = scalars.toSorted((a, b) => a - b)[scalars.length >> 1]
  const highest = scalars.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  for (const trial of trials) {
    const poor = trial.state === 'pruned' || trial.state === 'failed'
    if (!poor || median === undefined || Object.keys(trial.parameters).length === 0) continue
    const last = directions.length === 1 ? minimised(directions, trial.values)?.[0] : undefined
    observed.push({ trial, value: last === Number.POSITIVE_INFINITY ? highest : Math.max(median, last ?? median) })
  }
  const pending = trials.filter(({ state, parameters }) => state === 'running' && Object.keys(parameters).length > 0)
  return { observed, pending }
}
