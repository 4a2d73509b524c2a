import type { RandomStream } from '../random/stream.ts'
import type { Plugin } from './plugin.ts'

/** The domain of one hyper-parameter in a search. Both ends of a range are in it. */
export type Distribution =
  | {
      readonly type: 'float'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | {
      readonly type: 'int'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | { readonly type: 'categorical'; readonly choices: readonly unknown[] }

/** Parameters by name. The order is that in which a trial asks for them. */
export type SearchSpace = Readonly<Record<string, Distribution>>

export type Direction = 'minimize' | 'maximize'

/** A trial as samplers and pruners see it. */
export interface TrialRecord {
  /** Index in its study, from 0. */
  readonly number: number
  readonly state: 'running' | 'complete' | 'pruned' | 'failed' | 'waiting'
  /** What was suggested so far. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The domain each parameter was suggested from. */
  readonly distributions: SearchSpace
  /** One number for each direction, of a complete trial; of a pruned one its last intermediate value, if it has one. */
  readonly values: readonly number[] | undefined
  /** Reported values by step. */
  readonly intermediate: ReadonlyMap<number, number>
}

/** What was known of a study when a suggestion was made: all trials, in order of their numbers. */
export interface StudyView {
  readonly directions: readonly Direction[]
  readonly trials: readonly TrialRecord[]
}

export interface SuggestCall {
  readonly study: StudyView
  /** The trial that asks: its number, and what it has got so far. */
  readonly trial: TrialRecord
  /** What to suggest: at the start of a trial everything that earlier trials asked for, later the one parameter that is missing. */
  readonly space: SearchSpace
  /** Random numbers of this suggestion: they follow from the study's seed, the number of the trial and what is asked for. */
  readonly random: RandomStream
  /** Random numbers that all suggestions of the study have in common: they follow from its seed alone. Draw from children by name. */
  readonly studyRandom?: RandomStream
}

/** Suggests configurations. A pure function of the call, so that a recorded study can be replayed. */
export interface Sampler extends Plugin<'sampler'> {
  /** Values for parameters of the space. It may leave out some when the space has several: they are asked for by themselves when a trial needs them. */
  suggest(call: SuggestCall): Readonly<Record<string, unknown>>
}

/** Decides from intermediate values whether a trial goes on. A pure function of what is known. */
export interface Pruner extends Plugin<'pruner'> {
  /** Whether the trial, which has just reported a value, should stop. */
  prune(study: StudyView, trial: TrialRecord): boolean
}
