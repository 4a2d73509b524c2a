// summary.json: what a run was, and what it found.

import { createRequire } from 'node:module'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import type { BackendDescription } from '@gradwerk/core'
import { optionsOf } from './configuration.ts'
import { configurationNamed } from './configurations.ts'
import type { ExportedModel } from './export.ts'
import { hiddenOf } from './plan.ts'
import { modelOf } from './plugins.ts'
import type { FailedTrial, Results } from './results.ts'
import type { RunSamples } from './samples.ts'
import type { Settings } from './settings.ts'
import { type Estimate, estimate } from './statistics.ts'
import type { Figures } from './trial.ts'

export interface ConfigurationSummary {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  readonly trials: readonly Figures[]
  readonly failures: readonly FailedTrial[]
  /** Over the finished trials; null where there is none. */
  readonly trainLoss: Estimate | null
  readonly validationAccuracy: Estimate | null
  readonly testAccuracy: Estimate | null
  readonly generalizationGap: Estimate | null
  /** To the accuracy that trials end at, compilation included; null where none was asked for or a finished trial did not reach it. */
  readonly secondsToTarget: Estimate | null
}

/** What the figures were measured on; counts of images. */
export interface DatasetSummary {
  readonly name: string
  readonly real: boolean
  readonly train: number
  readonly validation: number
  readonly test: number
  /** Why it is not MNIST. */
  readonly notice?: string
}

export interface Summary {
  readonly preset: string
  /** When the run began. */
  readonly date: string
  readonly status: 'running' | 'complete' | 'interrupted'
  readonly seconds: number
  readonly dataset: DatasetSummary
  readonly settings: Pick<
    Settings,
    'seeds' | 'epochs' | 'finalEpochs' | 'batchSize' | 'hidden' | 'deepHidden' | 'workers' | 'threads'
  > & { readonly target: number | null }
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly configurations: readonly ConfigurationSummary[]
  /** The best configuration once more, on `train` images: all that are not held out. */
  readonly final: ({ readonly configuration: string; readonly train: number } & Figures) | null
  /** The trial with the highest validation accuracy, which was exported. */
  readonly best: BestSummary | null
}

export interface BestSummary extends ExportedModel {
  readonly configuration: string
  readonly seed: number
  /** Training images. */
  readonly train: number
  readonly validationAccuracy: number
  readonly testAccuracy: number
}

/** What does not change while a run goes on. */
export interface RunFacts {
  readonly settings: Settings
  readonly samples: RunSamples
  readonly began: Date
  readonly backend: BackendDescription
}

export interface RunState {
  readonly status: Summary['status']
  readonly seconds: number
  readonly exported?: ExportedModel | undefined
}

export function summarize({ settings, samples, began, backend }: RunFacts, results: Results, state: RunState): Summary {
  const { train, everything } = samples
  const {
    preset,
    seeds,
    epochs,
    finalEpochs,
    batchSize,
    hidden,
    deepHidden,
    workers,
    threads,
    target = null,
  } = settings
  const { final, best } = results
  const images = (all: boolean) => (all ? everything : train).indices.length
  return {
    preset,
    date: began.toISOString(),
    status: state.status,
    seconds: state.seconds,
    dataset: datasetOf(samples),
    settings: { seeds, epochs, finalEpochs, batchSize, hidden, deepHidden, workers, threads, target },
    machine: machine(),
    versions: versions(backend),
    configurations: results.groups.map(({ name, trials, failures }) => ({
      name,
      options: optionsOf(configurationNamed(name), modelOf({ configuration: name, hidden: hiddenOf(name, settings) })),
      trials,
      failures,
      trainLoss: over(trials, 'trainLoss'),
      validationAccuracy: over(trials, 'validationAccuracy'),
      testAccuracy: over(trials, 'testAccuracy'),
      generalizationGap: over(trials, 'generalizationGap'),
      secondsToTarget: toTarget(trials),
    })),
    final: final === undefined ? null : { configuration: final.configuration, train: images(true), ...final.figures },
    best:
      best === undefined || state.exported === undefined
        ? null
        : {
            configuration: best.request.configuration,
            seed: best.request.seed,
            train: images(best.final),
            validationAccuracy: best.outcome.figures.validationAccuracy,
            testAccuracy: best.outcome.figures.testAccuracy,
            ...state.exported,
          },
  }
}

export function datasetOf({ train, validation, test, notice }: RunSamples): DatasetSummary {
  return {
    name: train.name,
    real: train.real,
    train: train.indices.length,
    validation: validation.indices.length,
    test: test.indices.length,
    ...(notice === undefined ? {} : { notice }),
  }
}

export function versions(backend: BackendDescription): Record<string, string> {
  return { node: process.version, gradwerk: ownVersion(), [backend.name]: backend.version }
}

type Figure = 'trainLoss' | 'validationAccuracy' | 'testAccuracy' | 'generalizationGap'

function over(trials: readonly Figures[], figure: Figure): Estimate | null {
  return trials.length === 0 ? null : estimate(trials.map((trial) => trial[figure]))
}

function toTarget(trials: readonly Figures[]): Estimate | null {
  const seconds = trials.flatMap(({ target }) => target?.seconds ?? [])
  return seconds.length === 0 || seconds.length < trials.length ? null : estimate(seconds)
}

export function machine(): Record<string, string | number> {
  return {
    platform: process.platform,
    architecture: process.arch,
    release: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  }
}

function ownVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../package.json')
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
