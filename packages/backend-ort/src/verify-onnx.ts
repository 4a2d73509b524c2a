// Proof that an exported file computes what the model computes: the file in plain ONNX Runtime against a backend of gradwerk.

import {
  type Backend,
  constantHyperparameters,
  DataError,
  dynamic,
  input,
  keyOf,
  numbers,
  program,
  randomStream,
  reference,
  sizeOf,
  type TrainedModel,
  type Type,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { checkModel, decodeModel, exportedInput, exportedOutput } from '@gradwerk/onnx'
import { loadNodeRuntime } from './runtime-node.ts'

export interface VerifyOptions {
  /** Batch sizes to try. Default 1, 2 and 7. */
  readonly batchSizes?: readonly number[]
  /** What computes the expected numbers. Default the reference backend. */
  readonly backend?: Backend
  /** Seed of the random samples: floats standard normal, bytes uniform. Default 1. */
  readonly seed?: number
}

export interface Verification {
  readonly maxAbsDifference: number
  readonly batchSizes: readonly number[]
  /** Version of ONNX Runtime that ran the file. */
  readonly runtime: string
}

/**
 * Runs an exported file and the model it came from on random samples and returns the largest absolute difference between their
 * outputs (NaN when one is NaN where the other is not). Throws a DataError or ProgramError for bytes that are not a valid model, and a BackendError when ONNX
 * Runtime is missing.
 */
export async function verifyOnnx(
  bytes: Uint8Array,
  model: TrainedModel,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { batchSizes = [1, 2, 7], backend = reference(), seed = 1 } = options
  checkModel(decodeModel(bytes))
  const runtime = await loadNodeRuntime()
  const refused = (problem: string) => (cause: unknown) => {
    throw new DataError({ who: 'verifyOnnx', problem, cause })
  }
  const session = await runtime
    .createSession(bytes, { threads: 1, spinMicroseconds: 0 })
    .catch(refused('ONNX Runtime does not take the file'))
  const expected = await forwardPass(model, backend)
  let maxAbsDifference = 0
  for (const size of batchSizes) {
    const x = samples({ dtype: model.input.dtype, shape: [size, ...model.input.shape] }, seed)
    const results = await session.run({ [exportedInput]: x }).catch(refused("the file does not take the model's input"))
    maxAbsDifference = Math.max(maxAbsDifference, difference(await expected(x), results[exportedOutput]))
  }
  await session.release()
  return { maxAbsDifference, batchSizes, runtime: runtime.version }
}

/** The model in evaluation mode on a backend. */
async function forwardPass({ layer, input: type, parameters, state }: TrainedModel, backend: Backend) {
  const x = input(exportedInput, [dynamic, ...type.shape], type.dtype)
  const trace = traceModel(layer, x, { hyperparameters: constantHyperparameters() })
  const declared = [...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor] as const)
  const values = { ...parameters, ...state }
  const shared = Object.fromEntries(declared.map(([name]) => [name, values[name] as Value]))
  const forward = program({
    name: 'verifyOnnx',
    shared: { ...Object.fromEntries(declared), [exportedInput]: x },
    inputs: {},
    state: {},
    outputs: { [exportedOutput]: trace.output },
  })
  const executable = await backend.compile(forward)
  return async (given: Value): Promise<Value> => {
    const call = { steps: 1, shared: { ...shared, [exportedInput]: given }, inputs: {}, state: {} }
    return (await executable.run(call)).outputs[exportedOutput] as Value
  }
}

function samples({ dtype, shape }: Type, seed: number): Value {
  const random = randomStream(keyOf(seed))
  const draw =
    dtype === 'float32' || dtype === 'float64'
      ? () => random.normal()
      : () => random.integer(dtype === 'bool' ? 2 : 256)
  return valueOf(dtype, shape, Float64Array.from({ length: sizeOf(shape) }, draw))
}

function difference(a: Value, b: Value | undefined): number {
  if (b === undefined || a.data.length !== b.data.length)
    throw new DataError({
      who: 'verifyOnnx',
      problem: `the file has no output '${exportedOutput}' of the model's shape`,
    })
  const [left, right] = [numbers(a), numbers(b)]
  let most = 0
  // Equal infinities, and NaN on both sides, are no difference.
  for (let i = 0; i < left.length; i++)
    if (!Object.is(left[i], right[i])) most = Math.max(most, Math.abs((left[i] as number) - (right[i] as number)))
  return most
}
