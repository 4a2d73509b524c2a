// A study: trials of one objective, asked for and told about. What it knows lives in its storage, so that others may join.

import {
  type Direction,
  OptionError,
  type Pruner,
  type Sampler,
  type StudyView,
  type TrialRecord,
} from '@gradwerk/core'
import type { Json } from '../json.ts'
import { none } from '../pruners/none.ts'
import { random } from '../samplers/random.ts'
import { memoryStorage } from '../storage/memory.ts'
import type { Change } from '../storage/operation.ts'
import { isFinished, type StorageState, type StoredStudy, type StoredTrial } from '../storage/state.ts'
import type { Storage } from '../storage/storage.ts'
import { StudyError } from './errors.ts'
import { outcomeOf, type Told } from './outcome.ts'
import { type Suggesting, seenJoint, suggestJointly } from './suggesting.ts'
import { type Trial, type TrialHost, trialOf } from './trial.ts'
import { jointSpace, recordOf, viewOf } from './view.ts'

export interface StudyOptions {
  /** Name in the storage. Default 'study'. */
  readonly name?: string
  /** Where it lives. Default `memoryStorage()`. */
  readonly storage?: Storage
  /** Who suggests. Default `random()`. */
  readonly sampler?: Sampler
  /** Who stops trials early. Default `none()`. */
  readonly pruner?: Pruner
  /** One direction for each value of the objective. Default `['minimize']`. */
  readonly directions?: readonly Direction[]
  /** Where random numbers come from. A study that exists keeps its own. Default 0. */
  readonly seed?: number
}

export interface Study {
  readonly name: string
  readonly directions: readonly Direction[]
  readonly storage: Storage
  /** All trials as they are known now. */
  trials(): readonly TrialRecord[]
  /** Starts a trial. */
  ask(): Trial
  /** Ends a trial: with its values, or as pruned or failed. */
  tell(trial: Trial | number, outcome: Told): TrialRecord
}

const seedKey = 'gradwerk:seed'

/** What a change came to; throws where it was skipped. */
function demand(who: string, storage: Storage, changes: readonly Change[]): (number | undefined)[] {
  return storage.append(changes).map((applied) => {
    if ('skipped' in applied) throw new StudyError({ who, problem: applied.skipped })
    return applied.made
  })
}

function openStudy(name: string, storage: Storage, directions: readonly Direction[] | undefined, seed: number) {
  storage.sync()
  if (storage.state.studyNamed(name) === undefined) {
    // Of two workers that both create it, one is first; the other joins.
    const [applied] = storage.append([{ kind: 'createStudy', name, directions: directions ?? ['minimize'] }])
    if (applied !== undefined && 'made' in applied && applied.made !== undefined)
      demand(name, storage, [{ kind: 'studyAttribute', study: applied.made, of: 'system', key: seedKey, value: seed }])
  }
  const study = storage.state.studyNamed(name) as StoredStudy
  if (directions !== undefined && String(directions) !== String(study.directions))
    throw new OptionError({
      who: `study ${name}`,
      problem: 'it exists with other directions',
      expected: study.directions.join(', '),
      got: directions.join(', '),
    })
  return study
}

function studyIn(state: StorageState, id: number, name: string): StoredStudy {
  const study = state.studies.get(id)
  if (study === undefined) throw new StudyError({ who: `study ${name}`, problem: 'it was deleted' })
  return study
}

export function createStudy(options: StudyOptions = {}): Study {
  const { name = 'study', storage = memoryStorage(), sampler = random(), pruner = none(), seed = 0 } = options
  const { id, directions } = openStudy(name, storage, options.directions, seed)
  const stored = () => studyIn(storage.state, id, name)
  const ownSeed = stored().system.get(seedKey)
  const suggesting: Suggesting = { sampler, seed: typeof ownSeed === 'number' ? ownSeed : seed }
  const change = (...changes: readonly Change[]) => void demand(`study ${name}`, storage, changes)

  /** A waiting trial that this worker gets, or a new one. */
  const start = (): StoredTrial => {
    storage.sync()
    for (const waiting of stored().trials.filter(({ state }) => state === 'waiting')) {
      const time = new Date().toISOString()
      const [applied] = storage.append([{ kind: 'state', trial: waiting.id, state: 'running', values: null, time }])
      if (applied !== undefined && !('skipped' in applied)) return waiting
    }
    const [made] = demand(`study ${name}`, storage, [
      { kind: 'createTrial', study: id, started: new Date().toISOString() },
    ])
    return storage.state.trials[made as number] as StoredTrial
  }

  return {
    name,
    directions,
    storage,
    trials: () => {
      storage.sync()
      return viewOf(stored()).trials
    },
    ask() {
      const trial = start()
      const view = (): { study: StudyView; trial: TrialRecord; position: number } => ({
        study: viewOf(stored()),
        trial: recordOf(trial),
        position: storage.state.position,
      })
      const { study, trial: record, position } = view()
      const space = jointSpace(study)
      const fixed = (trial.system.get('fixed_params') ?? {}) as Readonly<Record<string, Json>>
      const proposed = suggestJointly(suggesting, study, record, space)
      if (Object.keys(space).length > 0)
        change({ kind: 'trialAttribute', trial: trial.id, of: 'system', key: seenJoint, value: position })
      const host: TrialHost = { suggesting, pruner, view, change }
      return trialOf(trial.id, trial.number, { fixed, proposed }, host)
    },
    tell(asked, told) {
      const number = typeof asked === 'number' ? asked : asked.number
      const trial = stored().trials[number]
      if (trial === undefined || isFinished(trial.state))
        throw new StudyError({
          who: `study ${name}`,
          problem: trial === undefined ? `there is no trial ${number}` : `trial ${number} is ${trial.state} already`,
        })
      change(...outcomeOf(trial, told, directions))
      return recordOf(trial)
    },
  }
}
