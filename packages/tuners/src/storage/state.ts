// What a log of operations amounts to. The rules are Optuna's: an operation that cannot be applied is skipped, and takes no number.

import type { Direction } from '@gradwerk/core'
import type { Json } from '../json.ts'
import { compatible } from '../space/distribution.ts'
import type { Change, Operation, StoredParameter, TrialState } from './operation.ts'

export interface StoredTrial {
  /** Position among all trials of the storage. */
  readonly id: number
  readonly study: number
  /** Position in its study. */
  readonly number: number
  state: TrialState
  values: readonly number[] | null
  started: string | null
  completed: string | null
  /** Who moved it to its state last. */
  owner: string
  readonly parameters: Map<string, StoredParameter>
  readonly intermediate: Map<number, number>
  readonly user: Map<string, Json>
  readonly system: Map<string, Json>
}

export interface StoredStudy {
  readonly id: number
  readonly name: string
  readonly directions: readonly Direction[]
  readonly user: Map<string, Json>
  readonly system: Map<string, Json>
  readonly trials: StoredTrial[]
}

export function isFinished(state: TrialState): boolean {
  return state === 'complete' || state === 'pruned' || state === 'failed'
}

type ChangeOf<Kind extends Change['kind']> = Extract<Operation, { kind: Kind }>

/** The outcome of an operation: what it made, or why it was skipped. */
export type Applied = { readonly made?: number } | { readonly skipped: string }

const done: Applied = {}

export class StorageState {
  /** Studies by number; those that were deleted are left out. */
  readonly studies: Map<number, StoredStudy> = new Map()
  /** Trials by number, those of deleted studies included. */
  readonly trials: StoredTrial[] = []
  #studiesMade = 0
  #applied = 0

  /** How many operations were applied or skipped: the position in the log. */
  get position(): number {
    return this.#applied
  }

  /** The number that the next study gets. */
  get nextStudy(): number {
    return this.#studiesMade
  }

  studyNamed(name: string): StoredStudy | undefined {
    return [...this.studies.values()].find((study) => study.name === name)
  }

  apply(operation: Operation): Applied {
    this.#applied++
    switch (operation.kind) {
      case 'createStudy':
        return this.#createStudy(operation)
      case 'deleteStudy':
        return this.studies.delete(operation.study) ? done : noStudy(operation.study)
      case 'studyAttribute': {
        const study = this.studies.get(operation.study)
        study?.[operation.of].set(operation.key, operation.value)
        return study === undefined ? noStudy(operation.study) : done
      }
      case 'createTrial':
        return this.#createTrial(operation)
      case 'ignored':
        return { skipped: 'it has no effect' }
      default:
        return this.#changeTrial(operation)
    }
  }

  #createStudy({ name, directions }: ChangeOf<'createStudy'>): Applied {
    if (this.studyNamed(name) !== undefined) return { skipped: `there is a study '${name}' already` }
    const id = this.#studiesMade++
    this.studies.set(id, { id, name, directions, user: new Map(), system: new Map(), trials: [] })
    return { made: id }
  }

  #createTrial({ study: id, started, whole, worker }: ChangeOf<'createTrial'>): Applied {
    const study = this.studies.get(id)
    if (study === undefined) return noStudy(id)
    const trial: StoredTrial = {
      id: this.trials.length,
      study: id,
      number: study.trials.length,
      state: whole?.state ?? 'running',
      values: whole?.values ?? null,
      started,
      completed: whole?.completed ?? null,
      owner: worker,
      parameters: new Map(Object.entries(whole?.parameters ?? {})),
      intermediate: new Map(whole?.intermediate),
      user: new Map(Object.entries(whole?.user ?? {})),
      system: new Map(Object.entries(whole?.system ?? {})),
    }
    this.trials.push(trial)
    study.trials.push(trial)
    return { made: trial.id }
  }

  #changeTrial(operation: ChangeOf<'parameter' | 'state' | 'intermediate' | 'trialAttribute'>): Applied {
    const trial = this.trials[operation.trial]
    if (trial === undefined) return { skipped: `there is no trial ${operation.trial}` }
    if (isFinished(trial.state)) return { skipped: `trial ${trial.number} is finished` }
    switch (operation.kind) {
      case 'parameter':
        return this.#setParameter(trial, operation)
      case 'state':
        return setState(trial, operation)
      case 'intermediate':
        trial.intermediate.set(operation.step, operation.value)
        return done
      case 'trialAttribute':
        trial[operation.of].set(operation.key, operation.value)
        return done
    }
  }

  #setParameter(trial: StoredTrial, { name, parameter }: ChangeOf<'parameter'>): Applied {
    const first = this.studies.get(trial.study)?.trials.find(({ parameters }) => parameters.has(name))
    const known = first?.parameters.get(name)
    if (known !== undefined && !sameKind(known, parameter))
      return {
        skipped: `parameter '${name}' has another kind, scale or choice of values than in trial ${first?.number}`,
      }
    trial.parameters.set(name, parameter)
    return done
  }
}

/** Whether two trials of a study may hold these under one name. */
function sameKind(a: StoredParameter, b: StoredParameter): boolean {
  return a.legacy === b.legacy && compatible(a.distribution, b.distribution)
}

/** Of two workers that both start a waiting trial, the first one gets it. */
function setState(trial: StoredTrial, { state, values, time, worker }: ChangeOf<'state'>): Applied {
  if (state === 'running' && trial.state === 'running') return { skipped: `trial ${trial.number} runs already` }
  trial.state = state
  trial.owner = worker
  if (values !== null) trial.values = values
  if (state === 'running') trial.started = time ?? null
  if (isFinished(state)) trial.completed = time ?? null
  return done
}

function noStudy(id: number): Applied {
  return { skipped: `there is no study ${id}` }
}
