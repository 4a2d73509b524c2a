// summary.json of `bench tune`: what was searched, and what was found. The trials themselves are in the journal.

import type { BackendDescription, SearchSpace } from '@gradwerk/core'
import type { StudyTrial } from '@gradwerk/tuners'
import type { RunSamples } from '../samples.ts'
import { type Estimate, estimate } from '../statistics.ts'
import { type DatasetSummary, datasetOf, machine, versions } from '../summary.ts'
import { type PruningEffect, pruningEffects } from './effects.ts'
import { divergenceOf, epochsOf } from './epochs.ts'
import { groupOf, type Parameters, type Search, winnerSeeds } from './search.ts'
import type { Earlier, TuneSettings } from './settings.ts'
import type { TuneFigures } from './trial.ts'
import { type Winner, winnerOf } from './winner.ts'

export interface WinnerSummary extends Winner {
  /** Over the seeds; null where none is through. */
  readonly trainLoss: Estimate | null
  readonly validationAccuracy: Estimate | null
  readonly testAccuracy: Estimate | null
}

export interface SearchSummary {
  /** Of its study in the journal. */
  readonly name: string
  /** What it shares with searches that differ by the seed alone. */
  readonly group: string
  readonly configuration: string
  readonly sampler: string
  readonly pruner: string
  readonly seed: number
  readonly space: SearchSpace
  readonly trials: {
    readonly complete: number
    readonly pruned: number
    readonly diverged: number
    /** Interrupted, or lost with their thread; they were tried again. */
    readonly failed: number
  }
  /** Of all trials together. */
  readonly epochs: number
  /** The trial with the highest validation accuracy after its last epoch. */
  readonly best: {
    readonly trial: number
    readonly parameters: Parameters
    readonly validationAccuracy: number
  } | null
  /** The best accuracy after so many trials, by number; null before the first that came to its end. */
  readonly bestAfter: readonly (number | null)[]
  /** The best parameters, trained with seeds that no search has. */
  readonly winner: WinnerSummary | null
}

export interface TuneSummary {
  readonly preset: string
  /** When the run began. */
  readonly date: string
  readonly status: 'running' | 'complete' | 'interrupted'
  /** While it was at work. */
  readonly seconds: number
  readonly dataset: DatasetSummary
  readonly settings: TuneSettings
  readonly workers: number
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  /** File name of the studies, in the folder of the run. */
  readonly journal: string
  readonly searches: readonly SearchSummary[]
  /** What pruning saved and cost, where a search was made with and without it. */
  readonly pruning: readonly PruningEffect[]
}

/** What does not change while a run goes on. */
export interface TuneFacts {
  readonly settings: TuneSettings
  readonly searches: readonly Search[]
  readonly samples: RunSamples
  readonly workers: number
  readonly began: Date
  readonly backend: BackendDescription
  readonly journal: string
  readonly earlier: Earlier | undefined
}

export function summarizeTuning(
  facts: TuneFacts,
  { status, seconds }: Pick<TuneSummary, 'status' | 'seconds'>,
): TuneSummary {
  const { settings, samples, workers, began, backend, journal, earlier } = facts
  const searches = facts.searches.map((search) => summarizeSearch(search, settings))
  return {
    preset: settings.preset,
    date: earlier?.date ?? began.toISOString(),
    status,
    seconds: (earlier?.seconds ?? 0) + seconds,
    dataset: datasetOf(samples),
    settings,
    workers,
    machine: machine(),
    versions: versions(backend),
    journal,
    searches,
    pruning: pruningEffects(searches, settings),
  }
}

function summarizeSearch(search: Search, settings: TuneSettings): SearchSummary {
  const { name, configuration, sampler, pruner, seed, study, space } = search
  const trials = study.trials()
  const ended = trials.filter(({ state }) => state === 'complete' || state === 'pruned')
  const diverged = ended.filter((trial) => divergenceOf(trial) !== undefined).length
  const inState = (wanted: StudyTrial['state']) => trials.filter(({ state }) => state === wanted).length
  const best = study.best()
  return {
    ...{ name, group: groupOf(search), configuration, sampler, pruner, seed, space },
    trials: {
      complete: inState('complete'),
      pruned: inState('pruned') - diverged,
      diverged,
      failed: inState('failed'),
    },
    epochs: ended.reduce((sum, trial) => sum + epochsOf(trial), 0),
    best:
      best === undefined
        ? null
        : { trial: best.number, parameters: best.parameters, validationAccuracy: accuracyOf(best) ?? Number.NaN },
    bestAfter: bestAfter(ended),
    winner: summarizeWinner(winnerOf(search), settings),
  }
}

function accuracyOf({ state, values }: StudyTrial): number | undefined {
  return state === 'complete' ? values?.[0] : undefined
}

function bestAfter(ended: readonly StudyTrial[]): (number | null)[] {
  let best: number | null = null
  return ended.map((trial) => {
    const accuracy = accuracyOf(trial)
    if (accuracy !== undefined && (best === null || accuracy > best)) best = accuracy
    return best
  })
}

function summarizeWinner(winner: Winner | undefined, settings: TuneSettings): WinnerSummary | null {
  if (winner === undefined) return null
  const seeds = winnerSeeds(settings)
  const figures = winner.figures.filter(({ seed }) => seeds.includes(seed))
  const over = (figure: (one: TuneFigures) => number | null) => {
    const known = figures.flatMap((one) => figure(one) ?? [])
    return known.length === 0 ? null : estimate(known)
  }
  return {
    ...{ ...winner, figures },
    trainLoss: over(({ trainLoss }) => trainLoss),
    validationAccuracy: over(({ validationAccuracy }) => validationAccuracy),
    testAccuracy: over(({ testAccuracy }) => testAccuracy),
  }
}
