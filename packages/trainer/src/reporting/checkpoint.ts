// Callbacks that write checkpoints while a run goes on: the newest ones, and the best one.

import { copyFile, link, rename, rm } from 'node:fs/promises'
import {
  type Callback,
  type Directives,
  figureOf,
  modeOfFigure,
  parseOptions,
  type RunView,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { writeAtomically } from '../checkpoint/file.ts'

const schema = z.strictObject({
  path: z.string().min(1).meta({ description: 'The file; replaced by every newer checkpoint.' }),
  everySteps: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Write when at least so many steps were done since the last time.' }),
  everyEpochs: z.int().positive().default(1).meta({ description: 'Write at the end of every so many epochs.' }),
  keepLast: z
    .int()
    .positive()
    .default(1)
    .meta({ description: 'How many checkpoints are kept: the newest at the path, older ones at path.1, path.2, ….' }),
})

export interface CheckpointOptions {
  /** The file; replaced by every newer checkpoint. */
  readonly path: string
  /** Write when at least so many steps were done since the last time. Default: only at the ends of epochs. */
  readonly everySteps?: number | undefined
  /** Write at the end of every so many epochs. Default 1. */
  readonly everyEpochs?: number
  /** How many checkpoints are kept, ≥ 1: the newest at the path, older ones at `path.1`, `path.2`, …. Default 1. */
  readonly keepLast?: number
}

/** Runs a file operation for which a missing file is no failure. */
async function whereThere(operation: Promise<void>): Promise<void> {
  await operation.catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  })
}

/** Moves older checkpoints on by one place. The newest stays at its path too, so that there is one at every moment. */
async function makeRoom(path: string, keepLast: number): Promise<void> {
  const place = (i: number) => `${path}.${i}`
  for (let i = keepLast - 1; i > 1; i--) await whereThere(rename(place(i - 1), place(i)))
  if (keepLast === 1) return
  await rm(place(1), { force: true })
  // Not every file system has links.
  await whereThere(link(path, place(1)).catch(() => copyFile(path, place(1))))
}

/**
 * Writes the whole run to a file, from which `fit(…, { resume: path })` continues bit for bit. The file is written beside its place,
 * synced and renamed, so that a killed process leaves the last whole checkpoint. Throws a CheckpointError when it cannot be written.
 *
 * @example checkpoint({ path: 'runs/mnist.checkpoint', everySteps: 100, keepLast: 3 })
 */
export function checkpoint(options: string | CheckpointOptions): Callback {
  const parsed = parseOptions('checkpoint', schema, withMainOption('path', options))
  const { path, everySteps, everyEpochs, keepLast } = parsed
  let last = 0
  const save = (run: RunView): Directives => {
    last = run.step
    return {
      async save(bytes) {
        await makeRoom(path, keepLast)
        await writeAtomically(path, bytes)
      },
    }
  }
  return {
    kind: 'callback',
    name: 'checkpoint',
    options: parsed,
    onRunStart(run) {
      last = run.step
    },
    onSteps: (run) => (everySteps !== undefined && run.step - last >= everySteps ? save(run) : undefined),
    onEpochEnd: (run, { epoch }) => (epoch % everyEpochs === 0 ? save(run) : undefined),
  }
}

const bestSchema = z.strictObject({
  path: z.string().min(1).meta({ description: 'The file; replaced by every better checkpoint.' }),
  monitor: z.string().default('validation.loss').meta({ description: 'The figure that decides.' }),
  mode: z
    .enum(['min', 'max', 'auto'])
    .default('auto')
    .meta({ description: "Whether smaller or larger is better; 'auto' goes by the name of the figure." }),
})

export interface BestCheckpointOptions {
  /** The file; replaced by every better checkpoint. */
  readonly path: string
  /** The figure that decides: `validation.loss`, `validation.accuracy`, … Default `validation.loss`. */
  readonly monitor?: string
  /** Whether smaller or larger is better. Default 'auto': what the figure's name says; where it says nothing, it must be given. */
  readonly mode?: 'min' | 'max' | 'auto' | undefined
}

/**
 * Writes the whole run to a file whenever the monitored figure is better than in all epochs before; a NaN never is. What was best survives
 * checkpoints, so that a resumed run does not replace a better one. The first epoch of a run that starts afresh does.
 *
 * Throws an OptionError for a monitor whose mode is not evident and not given, and in the first epoch for one that the record does
 * not have; a CheckpointError when the file cannot be written.
 *
 * @example bestCheckpoint({ path: 'runs/best.checkpoint', monitor: 'validation.accuracy' })
 */
export function bestCheckpoint(given: string | BestCheckpointOptions): Callback {
  const who = 'bestCheckpoint'
  const options = parseOptions(who, bestSchema, withMainOption('path', given))
  const { path, monitor } = options
  const mode = modeOfFigure(who, monitor, options.mode)
  let best: number | null = null
  let loaded = false
  return {
    kind: 'callback',
    name: who,
    options,
    onRunStart() {
      if (!loaded) best = null
      loaded = false
    },
    onEpochEnd(_, record) {
      const value = figureOf(who, monitor, record)
      const better = best === null ? Number.isFinite(value) : mode === 'min' ? value < best : value > best
      if (!better) return undefined
      best = value
      return { save: (bytes) => writeAtomically(path, bytes) }
    },
    save: () => ({ json: { best }, values: {} }),
    load({ json }) {
      best = parseOptions(`${who} (saved)`, z.object({ best: z.number().nullable() }), json).best
      loaded = true
    },
  }
}
