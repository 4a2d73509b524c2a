// Trials that are tried again: those that failed, and those whose worker ended without ending them.

import type { Json } from '../json.ts'
import { fromInternal } from '../space/distribution.ts'
import type { Change } from '../storage/operation.ts'
import type { StoredStudy, StoredTrial } from '../storage/state.ts'
import type { Storage } from '../storage/storage.ts'
import { failedTrialKey, fixedKey, orphanKey, retryHistoryKey, workerKey } from './keys.ts'
import { failed } from './outcome.ts'

function objectOf(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {}
}

/** The values a trial is to take: those that were enqueued with it, and those it has. */
export function fixedOf({ system, parameters }: StoredTrial): { readonly [name: string]: Json } {
  const own = [...parameters].map(([name, { distribution, internal }]) => [name, fromInternal(distribution, internal)])
  return { ...objectOf(system.get(fixedKey)), ...Object.fromEntries(own) }
}

/** How often the parameters of a trial were tried before. */
function historyOf({ system }: StoredTrial): readonly Json[] {
  const history = system.get(retryHistoryKey)
  return Array.isArray(history) ? history : []
}

export function isRetry({ system }: StoredTrial): boolean {
  return system.has(failedTrialKey)
}

/** A trial that waits to take given values. */
export function waiting(
  study: number,
  system: Readonly<Record<string, Json>>,
  user: Readonly<Record<string, Json>> = {},
): Change {
  const whole = { state: 'waiting', values: null, parameters: {}, user, system, intermediate: [] } as const
  return { kind: 'createTrial', study, started: null, whole }
}

/** The parameters of a trial once more, unless they were tried again so often already. Attributes as Optuna's retries have them. */
export function retryOf(trial: StoredTrial, limit: number): Change[] {
  const history = [...historyOf(trial), trial.number]
  if (history.length > limit) return []
  const system = {
    [failedTrialKey]: trial.system.get(failedTrialKey) ?? trial.number,
    [retryHistoryKey]: history,
    [fixedKey]: fixedOf(trial),
  }
  return [waiting(trial.study, system, Object.fromEntries(trial.user))]
}

/** Running trials of workers that have ended. Trials of programs that do not say who runs them are left alone. */
export function orphansOf({ trials }: StoredStudy, storage: Storage): StoredTrial[] {
  return trials.filter(({ state, system }) => {
    const worker = system.get(workerKey)
    return state === 'running' && typeof worker === 'string' && storage.isGone(worker)
  })
}

/** Ends orphans as failed, and has them tried again. */
export function closing(orphans: readonly StoredTrial[], limit: number): Change[] {
  const time = new Date().toISOString()
  return orphans.flatMap((trial) => [
    {
      kind: 'trialAttribute',
      trial: trial.id,
      of: 'system',
      key: orphanKey,
      value: trial.system.get(workerKey) ?? null,
    } as const,
    ...failed(trial, 'its worker ended without ending it', time),
    ...retryOf(trial, limit),
  ])
}
