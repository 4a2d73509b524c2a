// Predicting: the output of a model for samples of any number, in evaluation mode.

import {
  type Backend,
  cast,
  hyperparameters as collectHyperparameters,
  type Data,
  dataConstructors,
  dynamic,
  input,
  type Layer,
  mul,
  program,
  sizeOf,
  sliceStep,
  type Type,
  traceModel,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { evaluationBatch, modelInputs } from './evaluation.ts'
import { hyperparameterFeeds, splitHyperparameters } from './hyperparameters.ts'

/** Predicts from samples [samples, …features], which are multiplied with `inputScale` first. */
export type Predict = (samples: Value, inputScale: number, parameters: Values) => Promise<Value>

export async function predictor(backend: Backend, model: Layer, { dtype, shape }: Type): Promise<Predict> {
  const samples = input('samples', [dynamic, ...shape.slice(1)], dtype)
  const scale = input('inputScale', [])
  const hyperparameters = collectHyperparameters()
  const trace = traceModel(model, mul(cast(samples, 'float32'), scale), { hyperparameters })
  const split = splitHyperparameters(hyperparameters)
  const executable = await backend.compile(
    program({
      name: `prediction of ${model.name}`,
      shared: { inputScale: scale, ...modelInputs(trace), ...split.shared },
      inputs: { samples, ...split.inputs },
      state: {},
      outputs: { output: trace.output },
    }),
  )
  const names = Object.keys(modelInputs(trace))
  const feeds = hyperparameterFeeds(hyperparameters, 0, 1, 1)
  return async (given, inputScale, parameters) => {
    const chosen = Object.fromEntries(names.map((name) => [name, parameters[name] as Value]))
    const shared = { inputScale: value('float32', [], Float32Array.of(inputScale)), ...chosen, ...feeds.shared }
    const total = given.shape[0] as number
    const parts: Value[] = []
    for (let start = 0; start < total; start += evaluationBatch) {
      const rows = rowsOf(given, start, Math.min(start + evaluationBatch, total))
      const { outputs } = await executable.run({
        steps: 1,
        shared,
        inputs: { samples: { ...rows, shape: [1, ...rows.shape] }, ...feeds.inputs },
        state: {},
      })
      parts.push(sliceStep(outputs, 0)['output'] as Value)
    }
    return joinRows(parts)
  }
}

/** Rows of a value, as a view. */
export function rowsOf({ dtype, shape, data }: Value, start: number, end: number): Value {
  const inner = sizeOf(shape.slice(1))
  return { dtype, shape: [end - start, ...shape.slice(1)], data: data.subarray(start * inner, end * inner) }
}

/** Parts of a value put together again along axis 0. */
export function joinRows(parts: readonly Value[]): Value {
  const { dtype, shape } = parts[0] as Value
  const length = parts.reduce((total, { data }) => total + data.length, 0)
  const data: Data = new dataConstructors[dtype](length)
  let at = 0
  for (const part of parts) {
    data.set(part.data as never, at)
    at += part.data.length
  }
  return { dtype, shape: [parts.reduce((rows, part) => rows + (part.shape[0] as number), 0), ...shape.slice(1)], data }
}
