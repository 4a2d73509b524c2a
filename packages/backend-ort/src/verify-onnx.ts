// Proof that an exported file computes what the model computes: the file in plain ONNX Runtime against a backend of gradwerk.

import {
  type Backend,
  DataError,
  keyOf,
  numbers,
  OptionError,
  parseOptions,
  program,
  randomStream,
  reference,
  sizeOf,
  type Tensor,
  type TrainedModel,
  type Type,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import {
  checkModel,
  decodeModel,
  type ExportedExpressions,
  embedExternal,
  exportedExpressions,
  exportedInput,
  type OnnxFile,
  withOutputs,
} from '@gradwerk/onnx'
import { z } from 'zod'
import type { RuntimeSession } from './runtime.ts'
import { loadNodeRuntime } from './runtime-node.ts'

export interface VerifyOptions {
  /** Batch sizes to try with random samples, each ≥ 1; none where only `samples` are to be tried, as for models of indices. Default 1, 2 and 7. */
  readonly batchSizes?: readonly number[]
  /** Real samples [samples, …] of what the file takes, tried besides. Default none. */
  readonly samples?: Value
  /** Compares what every node of a layer computes as well. Default false. */
  readonly intermediates?: boolean
  /**
   * The largest absolute difference that passes for a value whose numbers are up to 1; for larger ones, as many times more as the largest of
   * them, for float32 has no finer ones; ≥ 0. Default 1e-5.
   */
  readonly tolerance?: number
  /** What computes the expected numbers. Default the reference backend. */
  readonly backend?: Backend
  /** Seed of the random samples, a whole number ≥ 0: floats standard normal, bytes uniform. Default 1. */
  readonly seed?: number
}

const schema = z.strictObject({
  batchSizes: z.array(z.int().positive()).readonly().default([1, 2, 7]).meta({
    description: 'batch sizes to try with random samples',
  }),
  samples: z
    .custom<Value>((x) => typeof x === 'object' && x !== null && 'shape' in x && 'data' in x, {
      error: 'a value [samples, …]',
    })
    .optional()
    .meta({ description: 'real samples of what the file takes, tried besides' }),
  intermediates: z.boolean().default(false).meta({
    description: 'whether what every node of a layer computes is compared as well',
  }),
  tolerance: z.number().nonnegative().default(1e-5).meta({
    description: 'the largest absolute difference that passes, as many times more as the largest number is above 1',
  }),
  backend: z
    .custom<Backend>((x) => typeof x === 'object' && x !== null && 'compile' in x, {
      error: 'a backend, such as ort() or reference()',
    })
    .optional()
    .meta({ description: 'what computes the expected numbers; the reference backend unless given' }),
  seed: z.int().nonnegative().default(1).meta({ description: 'seed of the random samples' }),
})

/** The numbers of one value of a file beside those that the model gives. */
export interface ValueDifference {
  readonly name: string
  /** NaN when one is NaN where the other is not. */
  readonly maxAbsDifference: number
  /** The largest absolute number that the model gives. */
  readonly largest: number
}

export interface Verification {
  /** Of all outputs. */
  readonly maxAbsDifference: number
  /** Whether all outputs are within the tolerance. */
  readonly passed: boolean
  readonly outputs: readonly ValueDifference[]
  /** What nodes compute, in the order of the file; empty unless asked for. */
  readonly intermediates: readonly ValueDifference[]
  /** The first value, in the order of the file, beyond the tolerance; null where there is none. */
  readonly firstDifferent: string | null
  readonly batchSizes: readonly number[]
  /** How many real samples were tried. */
  readonly samples: number
  /** Version of ONNX Runtime that ran the file. */
  readonly runtime: string
}

/** Rows of real samples in one call. */
const mostRows = 256

/**
 * Runs an exported file and the model it came from on random and on real samples, and compares every output, and on request what every
 * node computes. The file is checked by the rules of ONNX first (`checkModel`).
 *
 * A file of `readOnnx` (`@gradwerk/onnx/node`) may keep large tensors in other files, up to 2 GiB in all.
 *
 * @throws DataError for bytes that are no model or one that `exportOnnx` did not make, for other files that cannot be read, and for a model that does not take random samples;
 * ProgramError for a file against the rules of ONNX; BackendError when ONNX Runtime is missing; OptionError for options outside their domain, and where there is nothing to compare
 */
export async function verifyOnnx(
  given: Uint8Array | OnnxFile,
  model: TrainedModel,
  options: VerifyOptions = {},
): Promise<Verification> {
  const parsed = parseOptions('verifyOnnx', schema, options)
  const { batchSizes, samples, intermediates, tolerance, backend = reference(), seed } = parsed
  if (batchSizes.length === 0 && (samples?.shape[0] ?? 0) === 0)
    throw new OptionError({
      who: 'verifyOnnx',
      problem: 'there is nothing to compare',
      expected: "a batch size in 'batchSizes', or 'samples'",
      got: 'neither',
    })
  const bytes = given instanceof Uint8Array ? given : await embedExternal(given)
  const file = decodeModel(bytes)
  checkModel(file)
  const expressions = exportedExpressions(file, model)
  const compared = new Map(intermediates ? expressions.values : expressions.outputs)
  const runtime = await loadNodeRuntime()
  const session = await runtime
    .createSession(intermediates ? withOutputs(file, compared) : bytes, { threads: 1, spinMicroseconds: 0 })
    .catch(refused('ONNX Runtime does not take the file'))
  const expected = await forwardPass(expressions, compared, model, backend)
  const differences = new Map([...compared.keys()].map((name) => [name, { maxAbsDifference: 0, largest: 0 }]))
  const compare = async (x: Value, wanted: Values) => {
    const got = await outputsOf(session, x)
    for (const [name, { maxAbsDifference, largest }] of differences) {
      const of = wanted[name] as Value
      differences.set(name, {
        maxAbsDifference: Math.max(maxAbsDifference, difference(name, of, got[name])),
        largest: largestOf(of, largest),
      })
    }
  }
  const { dtype, shape } = expressions.input
  try {
    for (const size of batchSizes) {
      const x = randomSamples({ dtype, shape: [size, ...shape.slice(1)] }, seed)
      await compare(x, await expected(x).catch(refused('the model does not take random samples', realSamples)))
    }
    for (const rows of parts(samples)) await compare(rows, await expected(rows))
  } finally {
    await session.release()
  }
  const found = [...differences].map(([name, difference]) => ({ name, ...difference }))
  const passes = ({ maxAbsDifference, largest }: ValueDifference) =>
    maxAbsDifference <= tolerance * Math.max(1, largest)
  const outputs = found.filter(({ name }) => expressions.outputs.has(name))
  return {
    maxAbsDifference: Math.max(...outputs.map(({ maxAbsDifference }) => maxAbsDifference)),
    passed: outputs.every(passes),
    outputs,
    intermediates: found.filter(({ name }) => !expressions.outputs.has(name)),
    firstDifferent: found.find((value) => !passes(value))?.name ?? null,
    batchSizes,
    samples: samples?.shape[0] ?? 0,
    runtime: runtime.version,
  }
}

/** For models of indices, among others. */
const realSamples = 'real ones: { samples, batchSizes: [] }'

function refused(problem: string, hint?: string): (cause: unknown) => never {
  return (cause) => {
    throw new DataError({
      who: 'verifyOnnx',
      problem,
      ...(hint === undefined ? {} : { got: cause instanceof Error ? cause.message : String(cause), hint }),
      cause,
    })
  }
}

function outputsOf(session: RuntimeSession, x: Value): Promise<Values> {
  return session.run({ [exportedInput]: x }).catch(refused("the file does not take the model's input"))
}

/** The model in evaluation mode on a backend. */
async function forwardPass(
  { input, parameters }: ExportedExpressions,
  outputs: ReadonlyMap<string, Tensor>,
  model: TrainedModel,
  backend: Backend,
): Promise<(given: Value) => Promise<Values>> {
  const values = { ...model.parameters, ...model.state }
  const shared = Object.fromEntries([...parameters.keys()].map((name) => [name, values[name] as Value]))
  const executable = await backend.compile(
    program({
      name: 'verifyOnnx',
      shared: { ...Object.fromEntries(parameters), [exportedInput]: input },
      inputs: {},
      state: {},
      outputs: Object.fromEntries(outputs),
    }),
  )
  return async (given) => {
    const call = { steps: 1, shared: { ...shared, [exportedInput]: given }, inputs: {}, state: {} }
    return (await executable.run(call)).outputs
  }
}

function randomSamples({ dtype, shape }: Type, seed: number): Value {
  const random = randomStream(keyOf(seed))
  const draw =
    dtype === 'float32' || dtype === 'float64'
      ? () => random.normal()
      : () => random.integer(dtype === 'bool' ? 2 : 256)
  return valueOf(dtype, shape, Float64Array.from({ length: sizeOf(shape) }, draw))
}

/** Real samples in parts that one call takes. */
function* parts(samples: Value | undefined): Generator<Value> {
  if (samples === undefined) return
  const { dtype, shape, data } = samples
  const size = sizeOf(shape.slice(1))
  const rows = shape[0] ?? 0
  for (let start = 0; start < rows; start += mostRows) {
    const end = Math.min(start + mostRows, rows)
    yield { dtype, shape: [end - start, ...shape.slice(1)], data: data.subarray(start * size, end * size) }
  }
}

/** The largest finite absolute number, or the given one. */
function largestOf(of: Value, atLeast: number): number {
  let most = atLeast
  for (const x of numbers(of)) if (Number.isFinite(x)) most = Math.max(most, Math.abs(x))
  return most
}

function difference(name: string, wanted: Value, got: Value | undefined): number {
  if (got === undefined || wanted.data.length !== got.data.length)
    throw new DataError({
      who: 'verifyOnnx',
      problem: `the file gives no '${name}' of the model's shape`,
    })
  const [left, right] = [numbers(wanted), numbers(got)]
  let most = 0
  // Equal infinities, and NaN on both sides, are no difference.
  for (let i = 0; i < left.length; i++)
    if (!Object.is(left[i], right[i])) most = Math.max(most, Math.abs((left[i] as number) - (right[i] as number)))
  return most
}
