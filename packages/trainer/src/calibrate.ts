// Data-dependent initialization: layers from the input on correct their first parameters on a batch of training data.

import {
  type Backend,
  type Dataset,
  input,
  type ModelTrace,
  PluginError,
  program,
  type Snapshot,
  sliceStep,
  traceModel,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { batchInputs, datasetFeeds } from './batch.ts'
import { hyperparameterFeeds, splitHyperparameters } from './hyperparameters.ts'
import { stepKeys } from './schedule.ts'
import type { StepOptions } from './step-program.ts'

/** Samples that data-dependent initializers see. */
export const calibrationSamples = 256

/** Rounds after which a parameter is taken as it is. */
const maximalRounds = 20

/** The outputs of layers by path, for a batch of rows. */
async function activationsOf(
  backend: Backend,
  { model }: StepOptions,
  dataset: Dataset,
  rows: Int32Array,
  paths: readonly string[],
): Promise<(values: Values) => Promise<Values>> {
  const batch = batchInputs(dataset, rows.length)
  const key = input('key', [2], 'uint32')
  const trace = traceModel(model, batch.inputs, { batchStatistics: true, key })
  const split = splitHyperparameters(trace.hyperparameters)
  const inputs = Object.fromEntries([...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor]))
  const executable = await backend.compile(
    program({
      name: `calibration of ${model.name}`,
      shared: { ...batch.shared, ...inputs, ...split.shared },
      inputs: { rows: batch.rows, key, ...split.inputs },
      state: {},
      outputs: Object.fromEntries(
        paths.map((path) => [`output of ${path}`, trace.activations.get(path) ?? trace.output]),
      ),
    }),
  )
  const feeds = hyperparameterFeeds(trace.hyperparameters, 0, 1, 1)
  return async (values) => {
    const result = await executable.run({
      steps: 1,
      shared: { ...datasetFeeds(dataset), ...values, ...feeds.shared },
      inputs: { rows: value('int32', [1, rows.length], rows), key: stepKeys([0, 0], 0, 1), ...feeds.inputs },
      state: {},
    })
    return sliceStep(result.outputs, 0)
  }
}

/** What else a parametrization derives from a draw, from the corrected one: the lengths that belong to directions. */
function besides(
  traced: ModelTrace['parameters'],
  name: string,
  replaces: string | undefined,
  draw: Value,
): Record<string, Value> {
  if (replaces === undefined) return {}
  return Object.fromEntries(
    [...traced].flatMap(([other, { spec, replaces: behind }]) =>
      behind === replaces && other !== name && spec.fromDraw !== undefined
        ? [[other, value('float32', spec.shape, Float32Array.from(spec.fromDraw(draw)))]]
        : [],
    ),
  )
}

/**
 * Calls `calibrate` of every initializer that has it, in the order of the layers, each time with the layer's output under the
 * corrections made so far. `rows` is the batch to calibrate on. Numbers of a trained model stay as they are.
 */
export async function calibrated(
  backend: Backend,
  options: StepOptions,
  dataset: Dataset,
  rows: Int32Array,
  initial: Snapshot,
): Promise<Snapshot> {
  if (options.start !== undefined) return initial
  const { parameters: traced } = traceModel(options.model, batchInputs(dataset, rows.length).inputs, {
    batchStatistics: true,
  })
  const wanted = [...traced].filter(([, { spec }]) => spec.initializer.calibrate !== undefined)
  if (wanted.length === 0) return initial
  const activations = await activationsOf(
    backend,
    options,
    dataset,
    rows,
    wanted.map(([, { path }]) => path),
  )
  let parameters = initial.parameters
  for (const [name, { spec, path, replaces }] of wanted)
    for (let round = 0; round < maximalRounds; round++) {
      const outputs = await activations({ ...parameters, ...initial.state })
      const corrected = spec.initializer.calibrate?.(
        parameters[name] as Value,
        outputs[`output of ${path}`] as Value,
        round,
      )
      if (corrected === undefined) break
      if (corrected.data.length !== (parameters[name] as Value).data.length)
        throw new PluginError({
          who: `initializer ${spec.initializer.name}`,
          problem: `calibration changed the size of '${name}'`,
        })
      parameters = { ...parameters, ...besides(traced, name, replaces, corrected), [name]: corrected }
    }
  return { ...initial, parameters }
}
