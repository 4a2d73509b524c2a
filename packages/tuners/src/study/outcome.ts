// How a trial ends.

import { type Direction, show } from '@gradwerk/core'
import type { Change } from '../storage/operation.ts'
import type { StoredTrial } from '../storage/state.ts'
import { failureKey } from './keys.ts'

/** The value of the objective, one for each direction, or how else the trial ended. */
export type Told =
  | number
  | readonly number[]
  | { readonly state: 'pruned' }
  | { readonly state: 'failed'; readonly reason: string }

/** What was thrown, or given as a reason, in words. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`
  return typeof thrown === 'string' ? thrown : show(thrown)
}

/** The changes that end a trial as failed. */
export function failed(trial: StoredTrial, reason: string, time: string): Change[] {
  return [
    { kind: 'trialAttribute', trial: trial.id, of: 'system', key: failureKey, value: reason },
    { kind: 'state', trial: trial.id, state: 'failed', values: null, time },
  ]
}

/** The last value that was reported and is a number. */
function lastReport({ intermediate }: StoredTrial): number[] | null {
  const [, last] = [...intermediate].reduce((a, b) => (b[0] > a[0] ? b : a), [-1, Number.NaN] as const)
  return Number.isNaN(last) ? null : [last]
}

/** The changes that end a trial. Values that are NaN, or too few or many, are a failure: nothing can be learnt from them. */
export function outcomeOf(trial: StoredTrial, told: Told, directions: readonly Direction[]): Change[] {
  const time = new Date().toISOString()
  if (typeof told === 'object' && told !== null && 'state' in told) {
    if (told.state === 'failed') return failed(trial, reasonOf(told.reason), time)
    if (told.state === 'pruned')
      return [{ kind: 'state', trial: trial.id, state: 'pruned', values: lastReport(trial), time }]
  }
  const values = typeof told === 'number' ? [told] : told
  const sound = Array.isArray(values) && values.length === directions.length
  if (!sound || !values.every((value) => typeof value === 'number' && !Number.isNaN(value)))
    return failed(trial, `the objective gave ${show(told)} where ${directions.length} number(s) were expected`, time)
  return [{ kind: 'state', trial: trial.id, state: 'complete', values, time }]
}
