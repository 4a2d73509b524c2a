// A trained model as a case of its own: the exported file, and for several batch sizes what goes in and what comes out, as the ONNX
// project lays out its cases.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Backend,
  constantHyperparameters,
  dynamic,
  input,
  numbers,
  program,
  sameShape,
  sliceStep,
  type TrainedModel,
  traceModel,
  type Value,
} from '@gradwerk/core'
import { exportedInput, exportedOutput, exportOnnx } from '@gradwerk/onnx'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { encodeTensor } from '../messages.ts'
import { samples } from './trained.ts'

export const batchSizes: readonly number[] = [1, 2, 7, 64]

type Forward = (x: Value) => Promise<Value>

/** The model in evaluation mode on a backend. */
async function onBackend({ layer, input: type, parameters, state }: TrainedModel, backend: Backend): Promise<Forward> {
  const x = input(exportedInput, [dynamic, ...type.shape], type.dtype)
  const trace = traceModel(layer, x, { hyperparameters: constantHyperparameters() })
  const declared = Object.fromEntries(
    [...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor] as const),
  )
  const outputs = { [exportedOutput]: trace.output }
  const shared = { ...declared, [exportedInput]: x }
  const executable = await backend.compile(program({ name: 'forward', shared, inputs: {}, state: {}, outputs }))
  const values = { ...parameters, ...state }
  const known = Object.fromEntries(Object.keys(declared).map((name) => [name, values[name] as Value]))
  return async (given) => {
    const feeds = { ...known, [exportedInput]: given }
    const { outputs: steps } = await executable.run({ steps: 1, shared: feeds, inputs: {}, state: {} })
    return sliceStep(steps, 0)[exportedOutput] as Value
  }
}

/** The file in plain ONNX Runtime. Its outputs of models are float32. */
async function inRuntime(bytes: Uint8Array): Promise<Forward> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 })
  return async ({ dtype, shape, data }) => {
    const fed = new Tensor(dtype, data, shape)
    const { [exportedOutput]: y } = await session.run({ [exportedInput]: fed })
    if (y === undefined || !(y.data instanceof Float32Array)) throw new Error('the file gave no float32 output')
    return { dtype: 'float32', shape: y.dims, data: y.data }
  }
}

function largestDifference(a: Value, b: Value): number {
  if (!sameShape(a.shape, b.shape)) return Number.POSITIVE_INFINITY
  const other = numbers(b)
  return Array.from(numbers(a), (x, i) => Math.abs(x - (other[i] as number))).reduce((most, x) => Math.max(most, x), 0)
}

/** Numbers that go in, and what the model makes of them on each backend, by the backend's name. */
export interface Example {
  readonly x: Value
  readonly outputs: Readonly<Record<string, Value>>
}

/** One example for every batch size. */
export async function examplesOf(
  model: TrainedModel,
  backends: readonly Backend[],
  indices?: number,
): Promise<Example[]> {
  const given = batchSizes.map((size, i) =>
    samples({ dtype: model.input.dtype, shape: [size, ...model.input.shape] }, 3 + i, indices),
  )
  const outputs: Record<string, Value>[] = given.map(() => ({}))
  for (const backend of backends) {
    const forward = await onBackend(model, backend)
    for (const [i, x] of given.entries()) outputs[i] = { ...outputs[i], [backend.description.name]: await forward(x) }
  }
  return given.map((x, i) => ({ x, outputs: outputs[i] ?? {} }))
}

export interface WrittenCase {
  readonly name: string
  readonly opset: number
  readonly bytes: number
  /** Between the file in ONNX Runtime and the model, over all batch sizes, by the backend's name. */
  readonly maxAbsDifference: Readonly<Record<string, number>>
}

/** Writes a model's file and data into a folder of its own, and compares the file in ONNX Runtime with the model on the backends. */
export async function writeCase(
  folder: string,
  model: { readonly name: string; readonly trained: TrainedModel; readonly examples: readonly Example[] },
  opset: number,
): Promise<WrittenCase> {
  const bytes = await exportOnnx(model.trained, { opset, name: model.name })
  const name = `${model.name}-opset${opset}`
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'model.onnx'), bytes)
  const file = await inRuntime(bytes)
  const most: Record<string, number> = {}
  for (const [i, { x, outputs }] of model.examples.entries()) {
    const set = join(folder, name, `test_data_set_${i}`)
    mkdirSync(set, { recursive: true })
    writeFileSync(join(set, 'input_0.pb'), encodeTensor(exportedInput, x))
    writeFileSync(join(set, 'output_0.pb'), encodeTensor(exportedOutput, outputs['reference'] as Value))
    const y = await file(x)
    for (const [backend, expected] of Object.entries(outputs))
      most[backend] = Math.max(most[backend] ?? 0, largestDifference(expected, y))
  }
  return { name, opset, bytes: bytes.length, maxAbsDifference: most }
}
