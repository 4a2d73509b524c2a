// Reduce on plateau: a smaller learning rate once the figures stop getting better.

import { type Callback, figureOf, modeOfFigure, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'

export interface ReduceOnPlateauOptions {
  /** What the learning rate is multiplied with, in (0, 1). Default 0.1. */
  readonly factor?: number
  /** Epochs without improvement that are forgiven, ≥ 0. Default 10. */
  readonly patience?: number
  /** Epochs after a reduction in which none counts as bad, ≥ 0. Default 0. */
  readonly cooldown?: number
  /** An improvement has to be larger than this share of the best figure, ≥ 0. Default 1e-4. */
  readonly minRelativeDelta?: number
  /** … and than this, ≥ 0. Default 0. */
  readonly minDelta?: number
  /** The least that is left of the learning rate, in [0, 1]. Default 0. */
  readonly smallestFactor?: number
  /** The figure that decides: `validation.loss`, `training.accuracy`, `objective` … Default `validation.loss`. */
  readonly monitor?: string
  /** Whether smaller or larger is better. Default 'auto': 'min' for losses and errors, 'max' for accuracies; where the name says nothing, it must be given. */
  readonly mode?: 'min' | 'max' | 'auto' | undefined
}

const epochs = z.int().nonnegative()
const delta = z.number().nonnegative()

const schema = z.strictObject({
  factor: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .meta({
      description: 'What the learning rate is multiplied with, in (0, 1).',
      search: { type: 'float', low: 0.1, high: 0.7 },
    }),
  patience: epochs.default(10).meta({ description: 'Epochs without improvement that are forgiven.' }),
  cooldown: epochs.default(0).meta({ description: 'Epochs after a reduction in which none counts as bad.' }),
  minRelativeDelta: delta.default(1e-4).meta({ description: 'An improvement is larger than this share of the best.' }),
  minDelta: delta.default(0).meta({ description: 'An improvement is larger than this.' }),
  smallestFactor: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .meta({ description: 'The least that is left of the learning rate.' }),
  monitor: z.string().default('validation.loss').meta({ description: 'The figure that decides.' }),
  mode: z
    .enum(['min', 'max', 'auto'])
    .default('auto')
    .meta({ description: "Whether smaller or larger is better; 'auto' goes by the name of the figure." }),
})

const savedSchema = z.object({
  best: z.number().nullable(),
  bad: z.number(),
  cooling: z.number(),
  product: z.number(),
})

/** What it knows of a run; `product` is what is left of the learning rate. */
type Progress = z.output<typeof savedSchema>

const beginning: Progress = { best: null, bad: 0, cooling: 0, product: 1 }

/**
 * Multiplies the learning rate by `factor` when the monitored figure has not improved for more than `patience` epochs. It acts on top of a
 * schedule.
 *
 * An epoch improves when its figure is below `best · (1 − minRelativeDelta) − minDelta` (mode 'min') or above
 * `best · (1 + minRelativeDelta) + minDelta` ('max'). Bad epochs are counted from the last improvement or reduction; during a cooldown none is. With
 * patience n the reduction comes after the (n + 1)-th bad epoch, as in PyTorch (Keras: after the n-th).
 *
 * Throws an OptionError for a factor outside (0, 1), for a monitor whose mode is not evident and not given, and in the first epoch for a monitor that the epoch's record does not have.
 *
 * ```ts
 * reduceOnPlateau({ factor: 0.5, patience: 3 })
 * reduceOnPlateau({ monitor: 'validation.accuracy' })
 * ```
 */
export function reduceOnPlateau(given: number | ReduceOnPlateauOptions = {}): Callback {
  const who = 'reduceOnPlateau'
  const options = parseOptions(who, schema, withMainOption('factor', given))
  const { factor, patience, cooldown, minRelativeDelta, minDelta, smallestFactor, monitor } = options
  const mode = modeOfFigure(who, monitor, options.mode)
  let progress = beginning
  let loaded = false

  const improves = (value: number, best: number | null): boolean => {
    if (best === null) return Number.isFinite(value)
    return mode === 'min'
      ? value < best * (1 - minRelativeDelta) - minDelta
      : value > best * (1 + minRelativeDelta) + minDelta
  }

  return {
    kind: 'callback',
    name: who,
    options,
    onRunStart() {
      if (!loaded) progress = beginning
      loaded = false
    },
    onEpochEnd(_, record) {
      const value = figureOf(who, monitor, record)
      const better = improves(value, progress.best)
      const cooling = Math.max(0, progress.cooling - 1)
      const bad = better || progress.cooling > 0 ? 0 : progress.bad + 1
      progress = { ...progress, best: better ? value : progress.best, bad, cooling }
      if (bad <= patience) return undefined
      const left = progress.product
      const change = left * factor >= smallestFactor ? factor : smallestFactor / left
      progress = { ...progress, bad: 0, cooling: cooldown, product: left * change }
      return change < 1 ? { learningRateFactor: change } : undefined
    },
    save: () => ({ json: progress, values: {} }),
    load({ json }) {
      progress = parseOptions(`${who} (saved)`, savedSchema, json)
      loaded = true
    },
  }
}
