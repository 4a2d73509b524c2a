// The learning-rate range test (Smith 2017): a short run whose learning rate rises from tiny to huge.

import { type Dataset, keyOf, type Optimizer, OptionError, parseOptions, type Scope } from '@gradwerk/core'
import { z } from 'zod'
import { calibrated } from './calibrate.ts'
import { checkDataset } from './check-dataset.ts'
import { constraintRules } from './matching.ts'
import { type TrainerOptions, trainerSchema } from './options.ts'
import { runPlan } from './schedule.ts'
import { startingModel } from './starting-model.ts'
import type { StepOptions } from './step-program.ts'
import { stepper } from './stepper.ts'

export interface FindLearningRateOptions {
  /** The first learning rate, > 0. Default 1e-6. */
  readonly from?: number
  /** The last one, > from. Default 10. */
  readonly to?: number
  /** Steps from one to the other, ≥ 2; epochs follow each other as needed. Default 100. */
  readonly steps?: number
  /** Samples in a batch, ≥ 1, as in the run to come. Default 32. */
  readonly batchSize?: number
  /** What the weight of a loss in the smoothed curve is multiplied with per step of distance, in [0, 1). Default 0.8. */
  readonly smoothing?: number
  /** The sweep ends where the running mean of the losses is so many times its least, > 1. Default 4. */
  readonly stopFactor?: number
}

/** Plain data, ready to plot; one entry for each step that was done. */
export interface LearningRateSweep {
  readonly rates: readonly number[]
  /** Loss of each step's batch, in training mode and without penalties. */
  readonly losses: readonly number[]
  /** Weighted means of the losses around each step. */
  readonly smoothed: readonly number[]
  /** The rate at which the smoothed loss falls fastest per factor of the rate; null where it never falls. */
  readonly suggestion: number | null
}

const schema = z
  .strictObject({
    from: z.number().positive().default(1e-6).meta({ description: 'the first learning rate' }),
    to: z.number().positive().default(10).meta({ description: 'the last learning rate' }),
    steps: z.int().min(2).default(100).meta({ description: 'steps from one to the other' }),
    batchSize: z.int().positive().default(32).meta({ description: 'samples in a batch, as in the run to come' }),
    smoothing: z.number().nonnegative().lt(1).default(0.8).meta({
      description: 'what the weight of a loss in the smoothed curve is multiplied with per step of distance',
    }),
    stopFactor: z.number().gt(1).default(4).meta({
      description: 'the sweep ends where the running mean of the losses is so many times its least',
    }),
  })
  .refine(({ from, to }) => to > from, { path: ['to'], error: 'a rate above the first one' })

/** The optimizer with all its learning rates replaced by a sweep. Throws an OptionError once traced if there is none. */
function swept(optimizer: Optimizer, at: (step: number) => number): { optimizer: Optimizer; found: () => boolean } {
  const sweep = { at }
  let found = false
  const replaced = (scope: Scope): Scope => ({
    hyperparameter(name, value) {
      if (!/(^|\.)learningRate$/.test(name)) return scope.hyperparameter(name, value)
      found = true
      return scope.hyperparameter(name, sweep)
    },
  })
  const { finish } = optimizer
  return {
    found: () => found,
    optimizer: {
      ...optimizer,
      update: (call, scope) => optimizer.update(call, replaced(scope)),
      ...(finish && { finish: (call, scope) => finish(call, replaced(scope)) }),
    },
  }
}

/** Each number's mean with its neighbours, of which the k-th counts β^k. */
export function smoothedAround(numbers: readonly number[], beta: number): number[] {
  return numbers.map((_, i) => {
    const weights = numbers.map((_, j) => beta ** Math.abs(i - j))
    return numbers.reduce((sum, x, j) => sum + x * (weights[j] as number), 0) / weights.reduce((a, b) => a + b)
  })
}

/** Where a curve over the logarithm of rates falls fastest before its lowest point. */
export function steepest(rates: readonly number[], curve: readonly number[]): number | null {
  const lowest = curve.indexOf(Math.min(...curve))
  let [best, at] = [0, -1]
  for (let i = 1; i <= lowest && i + 1 < curve.length; i++) {
    const slope =
      ((curve[i + 1] as number) - (curve[i - 1] as number)) /
      Math.log((rates[i + 1] as number) / (rates[i - 1] as number))
    if (slope < best) [best, at] = [slope, i]
  }
  return rates[at] ?? null
}

/** How many losses there are before one is not finite, or up to where their running mean has grown too much. */
function lengthOf(losses: readonly number[], stopFactor: number): number {
  let [mean, weight, least] = [0, 0, Number.POSITIVE_INFINITY]
  for (const [i, loss] of losses.entries()) {
    if (!Number.isFinite(loss)) return i
    mean = 0.8 * mean + 0.2 * loss
    weight = 0.8 * weight + 0.2
    least = Math.min(least, mean / weight)
    if (mean / weight > stopFactor * least) return i + 1
  }
  return losses.length
}

/**
 * Trains for a few steps with learning rates `from · (to / from)^(step / (steps − 1))`, whatever the optimizer's own, and records the losses. Takes
 * the options of a trainer (callbacks, metrics and the optimizer's schedule play no part) and changes nothing.
 *
 * A good constant rate is the suggestion, where the loss falls fastest, or up to a tenth of where it begins to rise.
 *
 * Throws an OptionError for options out of range, or an optimizer without a learning rate; a DataError for an unfit dataset.
 *
 * ```ts
 * const { rates, smoothed, suggestion } = await findLearningRate({ model, loss, optimizer: sgd(1), backend: ort() }, train)
 * ```
 *
 * Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3.3, with exponential steps.
 */
export async function findLearningRate(
  trainer: TrainerOptions,
  dataset: Dataset,
  given: FindLearningRateOptions = {},
): Promise<LearningRateSweep> {
  const who = 'findLearningRate'
  const settings = parseOptions(who, trainerSchema, trainer)
  const { from, to, steps, batchSize, smoothing, stopFactor } = parseOptions(who, schema, given)
  checkDataset(who, dataset)
  const { backend, seed, regularizers } = settings
  const rateAt = (step: number) => from * (to / from) ** (step / (steps - 1))
  const { optimizer, found } = swept(settings.optimizer, rateAt)
  const options: StepOptions & { readonly stepsPerCall?: number | undefined } = {
    ...settings,
    ...startingModel(settings.model),
    optimizer,
    constraints: constraintRules(settings.constraints),
    regularizers: regularizers.map((rule) => ('regularizer' in rule ? rule : { regularizer: rule })),
  }
  const key = keyOf(seed)
  const plan = runPlan(dataset.indices, batchSize, dataset.indices.length < batchSize ? 'keep' : 'drop', key)
  const running = await stepper(backend, options, dataset, plan.batchSizes, key)
  if (!found())
    throw new OptionError({ who, problem: `the optimizer ${optimizer.name} has no learning rate`, got: optimizer.name })
  const first = dataset.indices.subarray(0, 256)
  let snapshot = await calibrated(backend, options, dataset, first, running.initial)
  const losses: number[] = []
  for (let epoch = 0; losses.length < steps && lengthOf(losses, stopFactor) === losses.length; epoch++)
    for (const call of plan.calls(epoch, 0, running.stepsPerCall)) {
      if (losses.length >= steps || lengthOf(losses, stopFactor) < losses.length) break
      const done = await running.run(snapshot, call, losses.length, steps, 1)
      snapshot = done.snapshot
      losses.push(...done.losses)
    }
  const kept = losses.slice(0, Math.min(steps, lengthOf(losses, stopFactor)))
  const rates = kept.map((_, step) => rateAt(step))
  const smoothed = smoothedAround(kept, smoothing)
  return { rates, losses: kept, smoothed, suggestion: steepest(rates, smoothed) }
}
