// What samplers and pruners see of a stored study.

import type { SearchSpace, StudyView, TrialRecord } from '@gradwerk/core'
import { fromInternal } from '../space/distribution.ts'
import { isFinished, type StoredStudy, type StoredTrial } from '../storage/state.ts'

/** Finished trials never change. */
const finished = new WeakMap<StoredTrial, TrialRecord>()

export function recordOf(trial: StoredTrial): TrialRecord {
  const known = finished.get(trial)
  if (known !== undefined) return known
  const { number, state, values } = trial
  const parameters = [...trial.parameters]
  const record: TrialRecord = {
    number,
    state,
    parameters: Object.fromEntries(
      parameters.map(([name, { internal, distribution }]) => [name, fromInternal(distribution, internal)]),
    ),
    distributions: Object.fromEntries(parameters.map(([name, { distribution }]) => [name, distribution])),
    values: values ?? undefined,
    intermediate: new Map(trial.intermediate),
  }
  if (isFinished(state)) finished.set(trial, record)
  return record
}

export function viewOf({ directions, trials }: StoredStudy): StudyView {
  return { directions, trials: trials.map(recordOf) }
}

/** Everything that trials asked for so far, as they asked last. */
export function jointSpace({ trials }: StudyView): SearchSpace {
  return Object.assign({}, ...trials.map(({ distributions }) => distributions))
}
