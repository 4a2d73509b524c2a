// What happens to a storage, one operation after the other: the lines of Optuna's journal, with names in place of numbers.

import type { Direction, Distribution, TrialRecord } from '@gradwerk/core'
import type { Json } from '../json.ts'

export type TrialState = TrialRecord['state']

/** A parameter as a journal keeps it: the number itself, or the index of a choice. */
export interface StoredParameter {
  readonly internal: number
  readonly distribution: Distribution
  /** The deprecated class of Optuna that the distribution was read as; it goes with its own kind only. */
  readonly legacy?: string
}

/** A trial that is added whole: enqueued, copied, or retried. */
export interface WholeTrial {
  readonly state: TrialState
  readonly values: readonly number[] | null
  readonly completed?: string
  readonly parameters: Readonly<Record<string, StoredParameter>>
  readonly user: Readonly<Record<string, Json>>
  readonly system: Readonly<Record<string, Json>>
  readonly intermediate: readonly (readonly [step: number, value: number])[]
}

/** Studies and trials are named by their position among all that were accepted: 0, 1, 2, … Times are ISO 8601. */
export type Change =
  | { readonly kind: 'createStudy'; readonly name: string; readonly directions: readonly Direction[] }
  | { readonly kind: 'deleteStudy'; readonly study: number }
  | {
      readonly kind: 'studyAttribute'
      readonly study: number
      readonly of: 'user' | 'system'
      readonly key: string
      readonly value: Json
    }
  | {
      readonly kind: 'createTrial'
      readonly study: number
      readonly started: string | null
      readonly whole?: WholeTrial
    }
  | {
      readonly kind: 'parameter'
      readonly trial: number
      readonly name: string
      readonly parameter: StoredParameter
    }
  | {
      readonly kind: 'state'
      readonly trial: number
      readonly state: TrialState
      readonly values: readonly number[] | null
      /** When it began running, or ended. */
      readonly time?: string
    }
  | { readonly kind: 'intermediate'; readonly trial: number; readonly step: number; readonly value: number }
  | {
      readonly kind: 'trialAttribute'
      readonly trial: number
      readonly of: 'user' | 'system'
      readonly key: string
      readonly value: Json
    }
  /** A line that has a place in the log and no effect. */
  | { readonly kind: 'ignored'; readonly code: number }

/** A change and who made it. */
export type Operation = Change & { readonly worker: string }
