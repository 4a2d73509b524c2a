// What `bench tune` does: a preset with the options of the command line laid over it, or what a run that was begun before says.

import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { configurationNamed } from '../configurations.ts'
import { RunError, UsageError } from '../errors.ts'
import { userPath } from '../settings.ts'
import { type TunePreset, tunePresetNamed } from './presets.ts'
import { oneOf, prunerNames, samplerNames } from './strategies.ts'

/** The options of `bench tune`, as the command line gives them. */
export interface TuneOptions {
  readonly preset?: string
  readonly configurations?: readonly string[]
  readonly samplers?: readonly string[]
  readonly pruners?: readonly string[]
  readonly searches?: number
  readonly trials?: number
  readonly epochs?: number
  readonly seeds?: number
  readonly trainLimit?: number
  readonly hidden?: readonly number[]
  readonly batchSizes?: readonly number[]
  readonly data?: string
  readonly out?: string
  readonly resume?: string
  readonly workers?: number
  readonly json?: boolean
}

/** What decides the figures of a run. */
export interface TuneSettings extends Omit<TunePreset, 'name' | 'description'> {
  readonly preset: string
}

/** Where and how fast, which decides none. */
export interface TuneCircumstances {
  /** The folder with the files of MNIST. */
  readonly folder?: string
  /** The folder of all runs; unused where one is resumed. */
  readonly out: string
  /** The folder of a run that was begun before. */
  readonly resume?: string
  readonly workers: number
}

export interface TunePlan {
  readonly settings: TuneSettings
  readonly circumstances: TuneCircumstances
  /** Of the run that is resumed. */
  readonly earlier?: Earlier
}

/** What the summary of a run that was begun before says. */
export interface Earlier {
  readonly date: string
  readonly seconds: number
  readonly dataset: { readonly name: string; readonly train: number; readonly validation: number }
  readonly versions: Readonly<Record<string, string>>
  readonly settings: TuneSettings
}

const count: z.ZodType<number> = z.int().min(1)
const storedSettings: z.ZodType<TuneSettings> = z.strictObject({
  preset: z.string(),
  data: z.enum(['mnist', 'generated']),
  configurations: z.array(z.string()).min(1),
  samplers: z.array(z.enum(samplerNames)).min(1),
  pruners: z.array(z.enum(prunerNames)).min(1),
  searches: count,
  trials: count,
  epochs: count,
  seeds: count,
  train: count,
  validation: count,
  batchSizes: z.array(count).min(1),
  hidden: z.array(count),
  deepHidden: z.array(count),
  threads: count,
})
const storedRun: z.ZodType<Earlier> = z.object({
  date: z.iso.datetime(),
  seconds: z.number().min(0),
  dataset: z.object({ name: z.string(), train: z.int(), validation: z.int() }),
  versions: z.record(z.string(), z.string()),
  settings: storedSettings,
})

/** Throws a UsageError for a name that does not exist. */
function settingsFrom(options: TuneOptions): TuneSettings {
  const { name, description: _, ...preset } = tunePresetNamed(options.preset ?? 'default')
  const { configurations = preset.configurations, samplers = preset.samplers, pruners = preset.pruners } = options
  return {
    ...preset,
    preset: name,
    configurations: [...new Set(configurations)].map((one) => configurationNamed(one).name),
    samplers: [...new Set(samplers)].map((one) => oneOf('sampler', samplerNames, one)),
    pruners: [...new Set(pruners)].map((one) => oneOf('pruner', prunerNames, one)),
    searches: options.searches ?? preset.searches,
    trials: options.trials ?? preset.trials,
    epochs: options.epochs ?? preset.epochs,
    seeds: options.seeds ?? preset.seeds,
    train: options.trainLimit ?? preset.train,
    hidden: options.hidden ?? preset.hidden,
    batchSizes: options.batchSizes ?? preset.batchSizes,
  }
}

/** Reads what a run was. Throws a RunError for a folder without a summary, or with one that is damaged. */
async function earlierIn(folder: string): Promise<Earlier> {
  const file = join(folder, 'summary.json')
  try {
    return storedRun.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : cause
    throw new RunError({
      who: 'bench tune',
      problem: `there is no run to resume in ${folder} (${why})`,
      hint: 'a folder that bench tune has written',
      cause,
    })
  }
}

/** Options that may be given with `--resume`: more of the same, and where and how fast. */
const resumable: readonly (keyof TuneOptions)[] = ['resume', 'trials', 'seeds', 'data', 'workers', 'json']

/** Throws a UsageError for names that do not exist and options that do not go together, a RunError for a run that cannot be resumed. */
export async function tunePlan(options: TuneOptions): Promise<TunePlan> {
  const { resume, data, out = 'runs' } = options
  const circumstances = {
    ...(data === undefined ? {} : { folder: userPath(data) }),
    out: userPath(out),
    workers: options.workers ?? availableParallelism(),
  }
  if (resume === undefined) return { settings: settingsFrom(options), circumstances }
  const given = (Object.keys(options) as (keyof TuneOptions)[]).filter((option) => !resumable.includes(option))
  if (given.length > 0)
    throw new UsageError({
      who: 'bench tune',
      problem: `--resume goes on with what was begun, and '${given[0]}' was given as well`,
      expected: 'no other options than --trials, --seeds, --data, --workers and --json',
    })
  const folder = userPath(resume)
  const earlier = await earlierIn(folder)
  const { trials = earlier.settings.trials, seeds = earlier.settings.seeds } = options
  return {
    settings: { ...earlier.settings, trials, seeds },
    circumstances: { ...circumstances, resume: folder },
    earlier,
  }
}
