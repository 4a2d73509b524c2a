// Early stopping: ends a run that no longer gets better on held-out data (Prechelt 1998), and goes back to its best epoch.

import {
  type Callback,
  type EpochRecord,
  OptionError,
  parseOptions,
  type RunView,
  type Snapshot,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { modeOf, monitored } from './monitor.ts'
import { flattened, unflattened } from './snapshot-values.ts'

export interface EarlyStoppingOptions {
  /** Epochs without improvement after which the run stops, ≥ 1. Default 3. */
  readonly patience?: number
  /** An improvement has to be larger than this; its sign is ignored. Default 0. */
  readonly minDelta?: number
  /** The figure that decides: `validation.loss`, `validation.accuracy`, `training.loss`, `objective` … Default `validation.loss`. */
  readonly monitor?: string
  /** Whether smaller or larger is better. Default: 'min' for losses and errors, 'max' for accuracies; else it must be given. */
  readonly mode?: 'min' | 'max' | undefined
  /** Whether the run ends with the parameters and states of its best epoch. Default true. */
  readonly restoreBest?: boolean
  /** Whether the optimizer's slots of the best epoch come back as well. Default false. */
  readonly restoreSlots?: boolean
}

const schema = z.strictObject({
  patience: z
    .int()
    .positive()
    .default(3)
    .meta({
      description: 'Epochs without improvement after which the run stops, at least 1.',
      search: { type: 'int', low: 1, high: 20 },
    }),
  minDelta: z
    .number()
    .default(0)
    .meta({ description: 'An improvement has to be larger than this; the sign is ignored.' }),
  monitor: z.string().default('validation.loss').meta({ description: 'The figure that decides.' }),
  restoreBest: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether the run ends with the parameters and states of its best epoch.' }),
  restoreSlots: z
    .boolean()
    .default(false)
    .meta({ description: "Whether the optimizer's slots of the best epoch come back as well." }),
  mode: z.enum(['min', 'max']).optional().meta({ description: 'Whether smaller or larger is better.' }),
})

/** What it knows of a run. */
interface Progress {
  /** The best value so far and where it was seen. */
  readonly best?: { readonly value: number; readonly epoch: number; readonly step: number } | undefined
  /** Epochs since then. */
  readonly waited: number
}

const nothing: Snapshot = { parameters: {}, state: {}, slots: {} }

/**
 * Stops a run after `patience` epochs in which the monitored figure has not improved by more than `|minDelta|`, and restores the
 * parameters and layer states of the best epoch at the end, also where the run ended for another reason.
 *
 * An epoch improves when `value + |minDelta| < best` (mode 'min') or `value − |minDelta| > best` ('max'); a NaN never does.
 * `patience: n` stops at the n-th epoch in a row without improvement. (Keras and TensorFlow.js also take 0, and treat it as 1.)
 *
 * The best epoch is kept in memory: with `restoreSlots` with the optimizer's slots, without them the run keeps its last ones.
 *
 * Throws an OptionError for a patience below 1, for a monitor whose mode is not evident and not given, and in the first epoch for a
 * monitor that the epoch's record does not have.
 *
 * ```ts
 * earlyStopping(5)
 * earlyStopping({ monitor: 'validation.accuracy', patience: 3, restoreBest: true })
 * ```
 *
 * Prechelt, "Early stopping – but when?", 1998, the criterion UP; options as in Keras.
 */
export function earlyStopping(given: number | EarlyStoppingOptions = {}): Callback {
  const who = 'earlyStopping'
  const parsed = parseOptions(who, schema, withMainOption('patience', given))
  const options = { ...parsed, mode: parsed.mode ?? evidentMode(who, parsed.monitor) }
  const { patience, monitor, mode, restoreBest, restoreSlots } = options
  const margin = Math.abs(options.minDelta)
  let progress: Progress = { waited: 0 }
  let kept = nothing
  let loaded = false

  const improves = (value: number): boolean => {
    const best = progress.best?.value
    if (best === undefined) return Number.isFinite(value)
    return mode === 'min' ? value + margin < best : value - margin > best
  }
  const keep = (value: number, { epoch }: EpochRecord, run: RunView): void => {
    progress = { best: { value, epoch, step: run.step }, waited: 0 }
    if (!restoreBest) return
    const { parameters, state, slots } = run.snapshot()
    kept = { parameters, state, slots: restoreSlots ? slots : {} }
  }

  return {
    kind: 'callback',
    name: who,
    options,
    onRunStart() {
      if (!loaded) {
        progress = { waited: 0 }
        kept = nothing
      }
      loaded = false
    },
    onEpochEnd(run, record) {
      const value = monitored(who, monitor, record)
      if (improves(value)) {
        keep(value, record, run)
        return undefined
      }
      progress = { ...progress, waited: progress.waited + 1 }
      return progress.waited < patience ? undefined : { stop: reason(monitor, progress) }
    },
    onRunEnd(run) {
      if (!restoreBest || progress.best === undefined || progress.best.step === run.step) return undefined
      return { restore: restoreSlots ? kept : { ...kept, slots: run.snapshot().slots } }
    },
    save: () => ({ json: progress, values: flattened(kept) }),
    load({ json, values }) {
      progress = parseOptions(`${who} (saved)`, savedSchema, json)
      kept = unflattened(values)
      loaded = true
    },
  }
}

const savedSchema = z.object({
  best: z.object({ value: z.number(), epoch: z.number(), step: z.number() }).optional(),
  waited: z.number(),
})

function evidentMode(who: string, monitor: string): 'min' | 'max' {
  const mode = modeOf(monitor)
  if (mode !== undefined) return mode
  throw new OptionError({
    who,
    problem: `it is not evident whether '${monitor}' should be small or large`,
    expected: "the option mode: 'min' or 'max'",
  })
}

function reason(monitor: string, { best, waited }: Progress): string {
  const since = `${monitor} has not improved for ${waited} epoch${waited === 1 ? '' : 's'}`
  return best === undefined ? `${since} and was never finite` : `${since}; best ${best.value} in epoch ${best.epoch}`
}
