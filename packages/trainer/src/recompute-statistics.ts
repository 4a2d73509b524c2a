// Learned statistics (batch normalization's means and variances), computed again as plain averages over a data set.

import {
  type Backend,
  hyperparameters as collectHyperparameters,
  DataError,
  type Dataset,
  type Executable,
  epochOrder,
  fold,
  formatShape,
  type Hyperparameters,
  initializeModel,
  input,
  type Key,
  keyOf,
  type ModelTrace,
  numbers,
  parseOptions,
  program,
  sameShape,
  type TrainedModel,
  traceModel,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { z } from 'zod'
import { batchInputs, datasetFeeds } from './batch.ts'
import { hyperparameterFeeds, splitHyperparameters } from './hyperparameters.ts'
import { backendSchema } from './options.ts'

export interface RecomputeOptions {
  readonly backend: Backend
  /** Samples in a batch at most, ≥ 1; batches are as equal as can be. Default 128. */
  readonly batchSize?: number
  /** Decides which samples meet in a batch: a whole number ≥ 0. Default 0. */
  readonly seed?: number
}

const batchSize = z.int().positive().default(128).meta({
  description: 'samples in a batch at most; batches are as equal as can be',
})

/** The options of the trainer's method, which has the backend and the seed. */
export const batchesSchema: z.ZodType<{ readonly batchSize: number }> = z.strictObject({ batchSize })

const schema = z.strictObject({
  backend: backendSchema,
  batchSize,
  seed: z.int().nonnegative().default(0).meta({ description: 'decides which samples meet in a batch' }),
})

const who = 'recomputeStatistics'
const weightName = 'statistics.weight'

/** The pass over batches of one size. */
interface Pass {
  readonly trace: ModelTrace
  readonly hyperparameters: Hyperparameters
  readonly executable: Executable
}

async function passOf(backend: Backend, { layer }: TrainedModel, dataset: Dataset, size: number): Promise<Pass> {
  const hyperparameters = collectHyperparameters()
  const batch = batchInputs(dataset, size)
  const weight = input(weightName, [])
  const trace = traceModel(layer, batch.inputs, { batchStatistics: true, statisticsWeight: weight, hyperparameters })
  const split = splitHyperparameters(hyperparameters)
  const parameters = Object.fromEntries([...trace.parameters].map(([name, { tensor }]) => [name, tensor]))
  const executable = await backend.compile(
    program({
      name: `statistics of ${layer.name}`,
      shared: { ...batch.shared, ...parameters, ...split.shared },
      inputs: { rows: batch.rows, [weightName]: weight, ...split.inputs },
      state: Object.fromEntries([...trace.states].map(([name, { tensor, next }]) => [name, { current: tensor, next }])),
      outputs: {},
    }),
  )
  return { trace, hyperparameters, executable }
}

/** Rows cut into batches of at most a size, no two of which differ by more than one. */
function equalBatches(order: Int32Array, most: number): Int32Array[] {
  const count = Math.ceil(order.length / most)
  const at = (i: number) => Math.floor((i * order.length) / count)
  return Array.from({ length: count }, (_, i) => order.subarray(at(i), at(i + 1)))
}

/** The model's states, and first ones where there are none, or none that are finite: a weight of 0 does not take those away. */
function startingStates(trace: ModelTrace, known: Values, key: Key): Values {
  const fresh = initializeModel({ ...trace, parameters: new Map() }, key).state
  const usable = Object.keys(fresh).flatMap((name) => {
    const value = known[name]
    return value !== undefined && numbers(value).every(Number.isFinite) ? [[name, value] as const] : []
  })
  return { ...fresh, ...Object.fromEntries(usable) }
}

function given(name: string, values: Values): Value {
  const found = values[name]
  if (found !== undefined) return found
  throw new DataError({ who, problem: `the model has no value for '${name}'` })
}

function check({ input: type }: TrainedModel, { inputs, indices }: Dataset): void {
  if (indices.length > 0 && sameShape(inputs.shape.slice(1), type.shape)) return
  throw new DataError({
    who,
    problem: 'data that the model was not trained for',
    expected: `samples of ${formatShape(type.shape)}`,
    got: indices.length === 0 ? 'no samples' : formatShape(inputs.shape),
  })
}

/**
 * The model with statistics that are plain averages over a data set, for parameters that were not trained step by step: averaged weights
 * (stochastic weight averaging), weights taken over from elsewhere. One pass in batch-statistics mode, nothing random; batch i of size bᵢ
 * counts with weight bᵢ / (b₁ + … + bᵢ), in place of a momentum, so that what was known before is forgotten.
 *
 * Batch normalization then has the mean of the data, and as variance the average of the batches' unbiased ones. Power iterations
 * (spectral normalization) go on from where they are. The order is shuffled: batches of sorted data vary less than the data.
 *
 * Izmailov et al. 2018, section 3.2.
 *
 * @throws OptionError for options outside their domain; DataError for a data set without samples or of another type than the model's
 * @example
 * ```ts
 * const averaged = await recomputeStatistics({ ...run.model, parameters: averages }, train, { backend: ort() })
 * ```
 */
export async function recomputeStatistics(
  model: TrainedModel,
  dataset: Dataset,
  options: RecomputeOptions,
): Promise<TrainedModel> {
  const { backend, batchSize, seed } = parseOptions(who, schema, options)
  check(model, dataset)
  const key = fold(keyOf(seed), 'statistics')
  const passes = new Map<number, Promise<Pass>>()
  const data = datasetFeeds(dataset)
  let state: Values | undefined
  let seen = 0
  for (const rows of equalBatches(epochOrder(dataset.indices, key), batchSize)) {
    const size = rows.length
    const pass = passes.get(size) ?? passOf(backend, model, dataset, size)
    passes.set(size, pass)
    const { trace, hyperparameters, executable } = await pass
    if (trace.states.size === 0) return model
    seen += size
    const names = [...trace.parameters.keys()]
    state ??= startingStates(trace, model.state, key)
    const feeds = hyperparameterFeeds(hyperparameters, 0, 1, 1)
    const result = await executable.run({
      steps: 1,
      shared: {
        ...data,
        ...Object.fromEntries(names.map((name) => [name, given(name, model.parameters)])),
        ...feeds.shared,
      },
      inputs: {
        rows: value('int32', [1, size], rows),
        [weightName]: value('float32', [1], Float32Array.of(size / seen)),
        ...feeds.inputs,
      },
      state,
    })
    state = result.state
  }
  return { ...model, state: { ...model.state, ...state } }
}
