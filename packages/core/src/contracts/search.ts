import type { Plugin } from './plugin.ts'

/** The domain of one hyper-parameter in a search. */
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

/** A trial as samplers and pruners see it. */
export interface TrialRecord {
  readonly number: number
  readonly state: 'running' | 'complete' | 'pruned' | 'failed' | 'waiting'
  readonly parameters: Readonly<Record<string, unknown>>
  readonly distributions: Readonly<Record<string, Distribution>>
  readonly values: readonly number[] | undefined
  readonly intermediate: ReadonlyMap<number, number>
}

export interface StudyView {
  readonly directions: readonly ('minimize' | 'maximize')[]
  readonly trials: readonly TrialRecord[]
}

/** Suggests configurations. */
export interface Sampler extends Plugin<'sampler'> {
  suggest(
    study: StudyView,
    trial: TrialRecord,
    space: Readonly<Record<string, Distribution>>,
  ): Readonly<Record<string, unknown>>
}

/** Decides from intermediate values whether a trial goes on. */
export interface Pruner extends Plugin<'pruner'> {
  prune(study: StudyView, trial: TrialRecord): boolean
}
