// What samplers and pruners see of a stored study.

import type { SearchSpace, StudyView, TrialRecord } from '@gradwerk/core'
import type { Json } from '../json.ts'
import { fromInternal } from '../space/distribution.ts'
import { isFinished, type StoredStudy, type StoredTrial } from '../storage/state.ts'
import { failureKey } from './keys.ts'

/** A trial with what users keep about it. */
export interface StudyTrial extends TrialRecord {
  readonly attributes: Readonly<Record<string, Json>>
  /** Why it failed, if it did and left word. */
  readonly failure?: string
}

/** Finished trials never change. */
const finished = new WeakMap<StoredTrial, StudyTrial>()

export function recordOf(trial: StoredTrial): StudyTrial {
  const known = finished.get(trial)
  if (known !== undefined) return known
  const { number, state, values } = trial
  const parameters = [...trial.parameters]
  const failure = trial.system.get(failureKey)
  const record: StudyTrial = {
    number,
    state,
    parameters: Object.fromEntries(
      parameters.map(([name, { internal, distribution }]) => [name, fromInternal(distribution, internal)]),
    ),
    distributions: Object.fromEntries(parameters.map(([name, { distribution }]) => [name, distribution])),
    values: values ?? undefined,
    intermediate: new Map(trial.intermediate),
    attributes: Object.fromEntries(trial.user),
    ...(typeof failure === 'string' ? { failure } : {}),
  }
  if (isFinished(state)) finished.set(trial, record)
  return record
}

export function viewOf({ directions, trials }: StoredStudy): StudyView & { readonly trials: readonly StudyTrial[] } {
  return { directions, trials: trials.map(recordOf) }
}

/** Everything that trials asked for so far, as they asked last; what a space declares stands as declared. */
export function jointSpace({ trials }: StudyView, declared: SearchSpace = {}): SearchSpace {
  const joint = {}
  for (const { distributions } of trials) Object.assign(joint, distributions)
  return Object.assign(joint, declared)
}
