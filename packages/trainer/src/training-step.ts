// A training step to give away: the program with the numbers it starts from and is given, for exporters.

import {
  type Backend,
  type Dataset,
  type Key,
  OptionError,
  parseOptions,
  type Snapshot,
  sizeOf,
  sliceStep,
  type TrainingStep,
  type Value,
} from '@gradwerk/core'
import { z } from 'zod'
import { accumulation } from './accumulation.ts'
import { givenBatch } from './batch.ts'
import { calibrated, calibrationSamples } from './calibrate.ts'
import { hyperparameterFeeds } from './hyperparameters.ts'
import { runPlan, type StepCall, stepKeys } from './schedule.ts'
import { type StepOptions, stepProgram } from './step-program.ts'
import { initialSnapshot } from './stepper.ts'

export interface ProgramOptions {
  /** Samples in a batch, ≥ 1. Default 32. */
  readonly batchSize?: number
  /** Epochs of the whole run, which schedules are told of, ≥ 1. Default 1. */
  readonly epochs?: number
  /** Batches whose gradients make one update, ≥ 1. Default 1. */
  readonly accumulate?: number
  /** The numbers to start from, such as the `snapshot` of a run. Default: those that `fit` starts from. */
  readonly from?: Snapshot
}

const schema = z.strictObject({
  batchSize: z.int().positive().default(32).meta({ description: 'samples in a batch' }),
  epochs: z.int().positive().default(1).meta({ description: 'epochs of the whole run, which schedules are told of' }),
  accumulate: z.int().positive().default(1).meta({ description: 'batches whose gradients make one update' }),
  from: z
    .custom<Snapshot>((x) => typeof x === 'object' && x !== null && 'slots' in x, { error: 'a snapshot' })
    .optional()
    .meta({ description: 'the numbers to start from, such as the `snapshot` of a run; those of `fit` unless given' }),
})

/** Throws an OptionError for options outside their domain, and a DataError for a dataset that does not fill a batch. */
export async function trainingStep(
  options: StepOptions & { readonly backend: Backend },
  dataset: Dataset,
  given: ProgramOptions,
  key: Key,
): Promise<TrainingStep> {
  const who = 'Trainer.program'
  const { batchSize, epochs, accumulate, from } = parseOptions(who, schema, given)
  const plan = runPlan(dataset.indices, batchSize, 'drop', key)
  const { stepsPerEpoch } = plan
  const step = stepProgram(
    { ...options, accumulation: accumulation(accumulate, stepsPerEpoch) },
    dataset,
    batchSize,
    givenBatch(dataset, batchSize),
  )
  const first = dataset.indices.subarray(0, calibrationSamples)
  const drawn = initialSnapshot(step, options.start, key)
  const { parameters, state, slots } = from ?? (await calibrated(options.backend, options, dataset, first, drawn))
  const steps = epochs * stepsPerEpoch
  const feeds = hyperparameterFeeds(step.hyperparameters, 0, steps, steps)
  return {
    program: step.program,
    state: { ...parameters, ...state, ...slots },
    shared: feeds.shared,
    schedules: feeds.inputs,
    steps,
    inputs(at) {
      if (!Number.isInteger(at) || at < 0 || at >= steps)
        throw new OptionError({ who, problem: 'there is no such step', expected: `0 to ${steps - 1}`, got: String(at) })
      const [call] = plan.calls(Math.floor(at / stepsPerEpoch), at % stepsPerEpoch, 1)
      const { rows } = call as StepCall
      return {
        inputs: rowsAt(dataset.inputs, rows.data as Int32Array),
        targets: rowsAt(dataset.targets, rows.data as Int32Array),
        ...sliceStep(
          { key: stepKeys(key, at, 1), ...hyperparameterFeeds(step.hyperparameters, at, 1, steps).inputs },
          0,
        ),
      }
    },
  }
}

/** Rows of a value, copied in the order given. */
function rowsAt({ dtype, shape, data }: Value, rows: Int32Array): Value {
  const size = sizeOf(shape.slice(1))
  const chosen = data.slice(0, rows.length * size)
  rows.forEach((row, i) => {
    chosen.set(data.subarray(row * size, (row + 1) * size) as never, i * size)
  })
  return { dtype, shape: [rows.length, ...shape.slice(1)], data: chosen }
}
