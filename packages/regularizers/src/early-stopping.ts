// Early stopping: ends a run that no longer gets better on held-out data (Prechelt 1998), and goes back to its best epoch.

import {
  type Callback,
  type EpochRecord,
  figureOf,
  modeOfFigure,
  parseOptions,
  type RunView,
  type Snapshot,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { flattened, unflattened } from './snapshot-values.ts'

export interface EarlyStoppingOptions {
  /** Epochs without improvement after which the run stops, ≥ 1. Default 3. */
  readonly patience?: number
  /** An improvement has to be larger than this; its sign is ignored. Default 0. */
  readonly minDelta?: number
  /** The figure that decides: `validation.loss`, `validation.accuracy`, `training.loss`, `objective` … Default `validation.loss`. */
  readonly monitor?: string
  /** Whether smaller or larger is better. Default 'auto': by the name of the figure ('min' for losses and errors, 'max' for accuracies, F1 …); else it must be given. */
  readonly mode?: 'min' | 'max' | 'auto' | undefined
  /** What the figure has to pass: epochs that do not pass it count as without improvement. Default: none. */
  readonly baseline?: number | undefined
  /** The first epoch that is judged, counted from 1: earlier ones are neither best nor waited for. Default 1. */
  readonly startEpoch?: number
  /** A figure worse than this, or none that is a number, stops the run at once. Default: none. */
  readonly divergenceThreshold?: number | undefined
  /** Whether the run ends with the parameters and states of its best epoch. Default true. */
  readonly restoreBest?: boolean
  /** Whether the optimizer's slots of the best epoch come back as well. Default true. */
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
    .default(true)
    .meta({ description: "Whether the optimizer's slots of the best epoch come back as well." }),
  mode: z
    .enum(['min', 'max', 'auto'])
    .default('auto')
    .meta({ description: "Whether smaller or larger is better; 'auto' goes by the name of the figure." }),
  baseline: z.number().optional().meta({ description: 'What the figure has to pass.' }),
  startEpoch: z.int().positive().default(1).meta({ description: 'The first epoch that is judged, counted from 1.' }),
  divergenceThreshold: z
    .number()
    .optional()
    .meta({ description: 'A figure worse than this, or none that is a number, stops the run at once.' }),
})

/** What it knows of a run. */
interface Progress {
  /** The best value so far and where it was seen. */
  readonly best?: { readonly value: number; readonly epoch: number; readonly step: number } | undefined
  /** Epochs in a row without an improvement that passes the baseline. */
  readonly waited: number
}

const nothing: Snapshot = { parameters: {}, state: {}, slots: {} }

/**
 * Stops a run after `patience` epochs in which the monitored figure has not improved by more than `|minDelta|`, and restores the
 * parameters and layer states of the best epoch at the end, also where the run ended for another reason.
 *
 * An epoch improves when `value + |minDelta| < best` (mode 'min') or `value − |minDelta| > best` ('max'); a NaN never does.
 * `patience: n` stops at the n-th epoch in a row without improvement. (Keras and TensorFlow.js also take 0, and treat it as 1.) With a
 * `baseline` only an epoch that is better than it in the same sense ends the waiting; the best epoch is kept all the same. Epochs before `startEpoch`
 * (Keras' `start_from_epoch` plus 1) are not judged. A figure beyond `divergenceThreshold` stops the run at once.
 *
 * The best epoch is kept in memory, and comes back at the end of the run, whatever ended it: parameters and layer states, and with `restoreSlots` the
 * optimizer's slots. Optimizers that evaluate with averages (`ema`, `swa`) keep these in slots, so that without them the run would not end with
 * the model that was best. A run that fails with an error restores nothing.
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
  const options = parseOptions(who, schema, withMainOption('patience', given))
  const { patience, monitor, baseline, startEpoch, divergenceThreshold, restoreBest, restoreSlots } = options
  const mode = modeOfFigure(who, monitor, options.mode)
  const margin = Math.abs(options.minDelta)
  let progress: Progress = { waited: 0 }
  let kept = nothing
  let loaded = false

  const betterThan = (value: number, other: number): boolean =>
    mode === 'min' ? value + margin < other : value - margin > other
  const improves = (value: number): boolean =>
    progress.best === undefined ? Number.isFinite(value) : betterThan(value, progress.best.value)
  /** Whether it ends the waiting. */
  const passes = (value: number): boolean => baseline === undefined || betterThan(value, baseline)
  const diverged = (value: number): boolean =>
    divergenceThreshold !== undefined &&
    (Number.isNaN(value) || (mode === 'min' ? value > divergenceThreshold : value < divergenceThreshold))
  const keep = (value: number, { epoch }: EpochRecord, run: RunView): void => {
    progress = { best: { value, epoch, step: run.step }, waited: passes(value) ? 0 : progress.waited + 1 }
    if (!restoreBest) return
    const { parameters, state, slots } = run.snapshot()
    kept = { parameters, state, slots: restoreSlots ? slots : {} }
  }
  const reason = (): string => {
    const { best, waited } = progress
    const target = baseline === undefined || (best && passes(best.value)) ? '' : ` on the baseline ${baseline}`
    const since = `${monitor} has not improved${target} for ${waited} epoch${waited === 1 ? '' : 's'}`
    return best === undefined ? `${since} and was never finite` : `${since}; best ${best.value} in epoch ${best.epoch}`
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
      const value = figureOf(who, monitor, record)
      if (record.epoch < startEpoch) return undefined
      if (diverged(value)) return { stop: `${monitor} diverged: ${value}, beyond the threshold ${divergenceThreshold}` }
      if (improves(value)) keep(value, record, run)
      else progress = { ...progress, waited: progress.waited + 1 }
      return progress.waited < patience ? undefined : { stop: reason() }
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
