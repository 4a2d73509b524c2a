// What a run does: a preset with the options of the command line laid over it.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { configurationNamed } from './configurations.ts'
import { type Preset, presetNamed } from './presets.ts'

/** The options of `bench run`, as the command line gives them. */
export interface RunOptions {
  readonly preset: string
  readonly configurations?: readonly string[]
  readonly epochs?: number
  readonly seeds?: number
  readonly trainLimit?: number
  readonly hidden?: readonly number[]
  readonly batchSize?: number
  readonly data?: string
  readonly out: string
  readonly workers?: number
  readonly threads?: number
  /** In percent. */
  readonly target?: number
  readonly json?: boolean
}

export interface Settings extends Omit<Preset, 'name' | 'description'> {
  readonly preset: string
  /** The folder with the files of MNIST. */
  readonly folder?: string
  /** The folder of all runs. */
  readonly out: string
  readonly workers: number
}

/** Paths that the user gives start where the user is, which pnpm tells scripts that it runs elsewhere. */
export function userPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path)
}

/** Throws a UsageError for a preset or a configuration that does not exist. */
export function settingsFrom(options: RunOptions): Settings {
  const { name, description: _, ...preset } = presetNamed(options.preset)
  const { configurations = preset.configurations, epochs, trainLimit, data } = options
  const threads = options.threads ?? preset.threads
  const target = options.target === undefined ? preset.target : options.target / 100
  // A limit is a limit, and a clock measures nothing else: the final run, on all training images to the last epoch, is left out.
  const finalEpochs = trainLimit === undefined && target === undefined ? (epochs ?? preset.finalEpochs) : 0
  return {
    ...preset,
    preset: name,
    configurations: [...new Set(configurations)].map((one) => configurationNamed(one).name),
    epochs: epochs ?? preset.epochs,
    seeds: options.seeds ?? preset.seeds,
    train: trainLimit ?? preset.train,
    hidden: options.hidden ?? preset.hidden,
    batchSize: options.batchSize ?? preset.batchSize,
    threads,
    finalEpochs: preset.finalEpochs === 0 ? 0 : finalEpochs,
    ...(target === undefined ? {} : { target }),
    ...(data === undefined ? {} : { folder: userPath(data) }),
    out: userPath(options.out),
    workers: options.workers ?? Math.max(1, Math.floor(availableParallelism() / threads)),
  }
}
