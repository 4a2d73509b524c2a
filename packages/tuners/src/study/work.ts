// What a worker does to a study in its storage: starts trials, ends them, and clears up after workers that have gone.

import type { Pruner, SearchSpace } from '@gradwerk/core'
import type { Change } from '../storage/operation.ts'
import { isFinished, type StoredStudy, type StoredTrial } from '../storage/state.ts'
import type { Storage } from '../storage/storage.ts'
import { StudyError } from './errors.ts'
import { samplerKey, seenJoint, workerKey } from './keys.ts'
import { jsonOf } from './opening.ts'
import { closing, fixedOf, isRetry, orphansOf } from './retry.ts'
import { type Suggesting, suggestJointly } from './suggesting.ts'
import { type Trial, type TrialHost, trialOf } from './trial.ts'
import { jointSpace, recordOf, viewOf } from './view.ts'

export interface WorkOptions {
  readonly name: string
  readonly study: number
  readonly storage: Storage
  readonly suggesting: Suggesting
  readonly pruner: Pruner
  /** The plain part of a declared space. */
  readonly space: SearchSpace | undefined
  /** How often the trial of a worker that has gone is tried again. */
  readonly retries: number
}

/** Which trials may be started. */
export interface Limits {
  /** No new one while so many are complete, pruned or running. */
  readonly total?: number | undefined
  /** Only those that repeat a failed one. */
  readonly retriesOnly?: boolean
}

export interface Started {
  readonly stored: StoredTrial
  readonly trial: Trial
}

export interface Work {
  stored(): StoredStudy
  /** A waiting trial, or a new one; undefined if the limits leave none. */
  start(limits?: Limits): Started | undefined
  /** Appends changes; throws a StudyError where one is skipped. */
  change(...changes: readonly Change[]): void
  /** Ends the trials of workers that have gone. */
  sweep(): void
}

export function workOn({ name, study: id, storage, suggesting, pruner, space, retries }: WorkOptions): Work {
  const stored = (): StoredStudy => {
    const study = storage.state.studies.get(id)
    if (study === undefined) throw new StudyError({ who: `study ${name}`, problem: 'it was deleted' })
    return study
  }
  const change = (...changes: readonly Change[]): void => {
    for (const applied of storage.append(changes))
      if ('skipped' in applied) throw new StudyError({ who: `study ${name}`, problem: applied.skipped })
  }
  const sampler = JSON.stringify(jsonOf(suggesting.sampler))

  let swept = -Infinity
  const sweep = (): void => {
    swept = performance.now()
    storage.sync()
    if (orphansOf(stored(), storage).length > 0) storage.append(() => closing(orphansOf(stored(), storage), retries))
  }
  /** Looks for orphans now and then while a trial runs. */
  const sweepIfDue = (): void => {
    if (storage.heartbeat !== undefined && performance.now() - swept > storage.heartbeat * 500) sweep()
  }

  /** What a trial of this worker is marked with. */
  const marks = (trial: number): Change[] => {
    const mark = { kind: 'trialAttribute', trial, of: 'system' } as const
    const known = JSON.stringify(stored().system.get(samplerKey))
    return [
      { ...mark, key: workerKey, value: storage.worker },
      ...(known === sampler ? [] : [{ ...mark, key: samplerKey, value: jsonOf(suggesting.sampler) }]),
    ]
  }

  const begin = ({ total = Infinity, retriesOnly = false }: Limits): StoredTrial | undefined => {
    let begun: number | undefined
    const counted = ['complete', 'pruned', 'running']
    storage.append(() => {
      const { trials } = stored()
      if (total < Infinity && trials.filter(({ state }) => counted.includes(state)).length >= total) return []
      const time = new Date().toISOString()
      const waiting = trials.find((trial) => trial.state === 'waiting' && (!retriesOnly || isRetry(trial)))
      begun = waiting?.id ?? (retriesOnly ? undefined : storage.state.trials.length)
      if (begun === undefined) return []
      const beginning: Change =
        waiting === undefined
          ? { kind: 'createTrial', study: id, started: time }
          : { kind: 'state', trial: waiting.id, state: 'running', values: null, time }
      return [beginning, ...marks(begun)]
    })
    return begun === undefined ? undefined : storage.state.trials[begun]
  }

  /** The parameters that are proposed for a trial together. */
  const propose = (trial: StoredTrial, fixed: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
    const study = viewOf(stored())
    const joint = jointSpace(study, space)
    if (Object.keys(joint).every((parameter) => Object.hasOwn(fixed, parameter))) return {}
    const { position } = storage.state
    const proposed = suggestJointly(suggesting, study, recordOf(trial), joint)
    change({ kind: 'trialAttribute', trial: trial.id, of: 'system', key: seenJoint, value: position })
    return proposed
  }

  const hostOf = (trial: StoredTrial): TrialHost => ({
    suggesting,
    pruner,
    reported: (step) => trial.intermediate.has(step),
    view() {
      sweepIfDue()
      storage.sync()
      return { study: viewOf(stored()), trial: recordOf(trial), position: storage.state.position }
    },
    change(...changes) {
      change(...changes)
      sweepIfDue()
    },
  })

  const start = (limits: Limits = {}): Started | undefined => {
    storage.beat()
    for (;;) {
      sweep()
      const trial = begin(limits)
      if (trial === undefined) return undefined
      const fixed = fixedOf(trial)
      try {
        const proposed = propose(trial, fixed)
        return { stored: trial, trial: trialOf(trial.id, trial.number, { fixed, proposed }, hostOf(trial)) }
      } catch (error) {
        // Others may have taken this worker for dead meanwhile, and closed its trial.
        if (!isFinished(trial.state)) throw error
      }
    }
  }

  return { stored, start, change, sweep }
}

/** A trial by its number that has not ended. */
export function unfinished(name: string, study: StoredStudy, number: number): StoredTrial {
  const trial = study.trials[number]
  if (trial !== undefined && !isFinished(trial.state)) return trial
  throw new StudyError({
    who: `study ${name}`,
    problem: trial === undefined ? `there is no trial ${number}` : `trial ${number} is ${trial.state} already`,
  })
}
