// A callback that writes checkpoints while a run goes on.

import { type Callback, type Directives, parseOptions, type RunView } from '@gradwerk/core'
import { z } from 'zod'
import { writeAtomically } from './checkpoint/file.ts'

const schema = z.strictObject({
  path: z.string().min(1).meta({ description: 'The file; replaced by every newer checkpoint.' }),
  everySteps: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Write when at least so many steps were done since the last time.' }),
  everyEpochs: z.int().positive().default(1).meta({ description: 'Write at the end of every so many epochs.' }),
})

export interface CheckpointOptions {
  /** The file; replaced by every newer checkpoint. */
  readonly path: string
  /** Write when at least so many steps were done since the last time. Default: only at the ends of epochs. */
  readonly everySteps?: number | undefined
  /** Write at the end of every so many epochs. Default 1. */
  readonly everyEpochs?: number
}

/**
 * Writes the whole run to a file, from which `fit(…, { resume: path })` continues bit for bit. The file is written beside its place,
 * synced and renamed, so that a killed process leaves the last whole checkpoint. Throws a CheckpointError when it cannot be written.
 *
 * @example checkpoint({ path: 'runs/mnist.checkpoint', everySteps: 100 })
 */
export function checkpoint(options: string | CheckpointOptions): Callback {
  const parsed = parseOptions('checkpoint', schema, typeof options === 'string' ? { path: options } : options)
  const { path, everySteps, everyEpochs } = parsed
  let last = 0
  const save = (run: RunView): Directives => {
    last = run.step
    return { save: (bytes) => writeAtomically(path, bytes) }
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
