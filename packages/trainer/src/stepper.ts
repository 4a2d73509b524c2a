// Runs training steps: holds the numbers of a run and moves them forward, one call of the backend after the other.

import {
  type Backend,
  type Dataset,
  type Executable,
  filled,
  initializeModel,
  type Key,
  type ModelTrace,
  PluginError,
  type Snapshot,
  sliceStep,
  type TrainedModel,
  type Value,
  type Values,
} from '@gradwerk/core'
import { datasetFeeds } from './batch.ts'
import { gradientProgram } from './gradient-program.ts'
import { hyperparameterFeeds } from './hyperparameters.ts'
import { type StepCall, stepKeys } from './schedule.ts'
import { startingValues } from './starting-model.ts'
import { type StepOptions, type StepProgram, stepProgram } from './step-program.ts'
import { defaultStepsPerCall } from './steps-per-call.ts'

export interface StepOutcome {
  readonly losses: Float32Array
  readonly objectives: Float32Array
  readonly snapshot: Snapshot
}

export interface Stepper {
  /** The numbers a run starts with. */
  readonly initial: Snapshot
  readonly parameters: ModelTrace['parameters']
  /** How many steps a call does at most. */
  readonly stepsPerCall: number
  /** Does the steps of a call, of which the first is number `step` (from 0) of `total`. */
  run(from: Snapshot, call: StepCall, step: number, total: number, learningRateFactor: number): Promise<StepOutcome>
  /** Hyper-parameters by full name as the step number `step` uses them. */
  hyperparameters(step: number, total: number, learningRateFactor: number): Readonly<Record<string, number>>
  /** Gradients by parameter of the first step of a call. */
  gradients(from: Snapshot, call: StepCall, step: number, total: number): Promise<Values>
}

interface Compiled extends StepProgram {
  readonly executable: Executable
}

/** What a run begins with, before calibration. */
export function initialSnapshot({ trace, slots }: StepProgram, start: TrainedModel | undefined, key: Key): Snapshot {
  const { parameters, state } = initializeModel(trace, key)
  return {
    parameters: start === undefined ? parameters : startingValues(parameters, start.parameters),
    state: start === undefined ? state : startingValues(state, start.state),
    slots: Object.fromEntries(
      [...slots].map(([name, { shape, initial }]) => [name, filled('float32', shape, initial)]),
    ),
  }
}

function pick(values: Values, like: Values): Values {
  return Object.fromEntries(Object.keys(like).map((name) => [name, values[name] as Value]))
}

/** The learning rates are the hyper-parameters of that name of the optimizer, and of those that it puts together. */
function withFactor(values: Record<string, Value>, factor: number): Record<string, Value> {
  if (factor === 1) return values
  const scaled = (rate: Value): Value => ({ ...rate, data: (rate.data as Float32Array).map((x) => x * factor) })
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, learningRateName.test(name) ? scaled(value) : value]),
  )
}

const learningRateName = /^optimizer\.(.*\.)?learningRate(#\d+)?$/

export async function stepper(
  backend: Backend,
  options: StepOptions & { readonly stepsPerCall?: number | undefined },
  dataset: Dataset,
  batchSizes: readonly number[],
  key: Key,
): Promise<Stepper> {
  const compiled = new Map<number, Compiled>()
  for (const batchSize of batchSizes) {
    const step = stepProgram(options, dataset, batchSize)
    compiled.set(batchSize, { ...step, executable: await backend.compile(step.program) })
  }
  const data = datasetFeeds(dataset)
  const gradientPrograms = new Map<number, Promise<Executable>>()
  const gradientsOf = (batchSize: number): Promise<Executable> => {
    const made =
      gradientPrograms.get(batchSize) ?? backend.compile(gradientProgram(compiled.get(batchSize) as Compiled))
    gradientPrograms.set(batchSize, made)
    return made
  }
  const [first] = compiled.values()
  if (first === undefined) throw new PluginError({ who: 'stepper', problem: 'there is no batch' })
  const initial = initialSnapshot(first, options.start, key)
  return {
    initial,
    parameters: first.trace.parameters,
    stepsPerCall: options.stepsPerCall ?? defaultStepsPerCall(first.program),
    async run(from, { steps, batchSize, rows }, step, total, learningRateFactor) {
      const { executable, hyperparameters } = compiled.get(batchSize) as Compiled
      const feeds = hyperparameterFeeds(hyperparameters, step, steps, total)
      const { state, outputs } = await executable.run({
        steps,
        shared: { ...data, ...withFactor(feeds.shared, learningRateFactor) },
        inputs: { rows, key: stepKeys(key, step, steps), ...withFactor(feeds.inputs, learningRateFactor) },
        state: { ...from.parameters, ...from.state, ...from.slots },
      })
      const parts = {
        parameters: pick(state, initial.parameters),
        state: pick(state, initial.state),
        slots: pick(state, initial.slots),
      }
      return {
        losses: outputs['loss']?.data as Float32Array,
        objectives: outputs['objective']?.data as Float32Array,
        snapshot: parts,
      }
    },
    hyperparameters(step, total, learningRateFactor) {
      const { shared, inputs } = hyperparameterFeeds(first.hyperparameters, step, 1, total)
      const values = withFactor({ ...shared, ...inputs }, learningRateFactor)
      return Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, Number(data[0])]))
    },
    async gradients(from, { batchSize, rows }, step, total) {
      const feeds = hyperparameterFeeds((compiled.get(batchSize) as Compiled).hyperparameters, step, 1, total)
      const { outputs } = await (await gradientsOf(batchSize)).run({
        steps: 1,
        shared: { ...data, ...feeds.shared, ...from.parameters, ...from.state },
        inputs: {
          rows: { ...rows, shape: [1, batchSize], data: rows.data.subarray(0, batchSize) as Int32Array },
          key: stepKeys(key, step, 1),
          ...feeds.inputs,
        },
        state: {},
      })
      return sliceStep(outputs, 0)
    },
  }
}
