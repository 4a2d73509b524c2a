// A trained model from the file it was exported to: architecture from the metadata, numbers from the initializers.

import {
  DataError,
  dtypes,
  GradwerkError,
  isPlugin,
  type Layer,
  OptionError,
  type Registry,
  revive,
  show,
  type TrainedModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { z } from 'zod'
import { checkModel } from './check.ts'
import type { ModelProto } from './generated/onnx_pb.ts'
import { traceOf, type UntrainedModel, withValues } from './load-weights.ts'
import { fillPlaces } from './read/match.ts'
import { type OnnxFile, openModel } from './read/onnx-file.ts'

export interface ImportOptions {
  /** The namespaces whose factories make the model's layers: `[layers, normalization, …]` after `import * as layers from '@gradwerk/layers'`. */
  readonly plugins: readonly Registry[]
}

/** Elements of one sample that a file may ask for: 512 MiB of float32. */
const mostElements = 2 ** 27

const inputSchema = z.strictObject({
  shape: z.array(z.int().nonnegative()).refine((shape) => shape.reduce((a, b) => a * b, 1) <= mostElements),
  dtype: z.enum(dtypes),
})

/**
 * The trained model that `exportOnnx` wrote, to train on, to evaluate or to export again: its layer made again by the factories of
 * `plugins` from the configuration in the metadata, its parameters and states from the initializers. Half floats become float32.
 *
 * The factories that the file names are called with the options in the file, as they would be by whoever wrote it; nothing else of the file is
 * run, and the graph is not compared with the model: `verifyOnnx` of `@gradwerk/backend-ort` does that.
 *
 * @param file the bytes, or what `readOnnx` of `@gradwerk/onnx/node` gives where tensors are in other files
 * @throws DataError for a damaged file, one without gradwerk's metadata, and one whose tensors are not those of the model; ProgramError for a
 * graph against the rules of ONNX; PluginError for a layer that no namespace has
 * @example
 * ```ts
 * import * as layers from '@gradwerk/layers'
 *
 * const model = await importOnnx(await readFile('mnist.onnx'), { plugins: [layers] })
 * const trainer = new Trainer({ model, loss, optimizer, backend: ort() })
 * ```
 */
export async function importOnnx(file: Uint8Array | OnnxFile, options: ImportOptions): Promise<TrainedModel> {
  if (!Array.isArray(options?.plugins))
    throw new OptionError({
      who: 'importOnnx',
      problem: "option 'plugins' is not valid",
      expected: 'a list of namespaces',
      got: show(options?.plugins),
      hint: "plugins: [layers], after import * as layers from '@gradwerk/layers'",
    })
  const opened = openModel('importOnnx', file)
  checkModel(opened.model)
  const model = describedModel(opened.model, options.plugins)
  const trace = typed('the model that the metadata describes takes no such input', () => traceOf(model))
  const unused = unusedValues(opened.model)
  const places = [...trace.parameters, ...trace.states].flatMap(([name, { tensor }]) =>
    unused.has(name) ? [] : [{ ...tensor, name, source: { name, transpose: false } }],
  )
  return withValues(model, trace, {
    ...Object.fromEntries(unused),
    ...(await fillPlaces('importOnnx', places, opened)),
  })
}

const unusedSchema = z.record(
  z.string(),
  z
    .strictObject({ dtype: z.literal('float32'), shape: z.array(z.int().nonnegative()), data: z.array(z.number()) })
    .refine(({ shape, data }) => shape.reduce((a, b) => a * b, 1) === data.length),
)

/** Values of the model that its forward pass in evaluation does not use: they stand in the metadata. */
function unusedValues({ metadataProps }: ModelProto): ReadonlyMap<string, Value> {
  const entry = metadataProps.find(({ key }) => key === 'gradwerk.unused')
  const damaged = "the metadata 'gradwerk.unused' is damaged"
  const parsed = unusedSchema.safeParse(entry === undefined ? {} : typed(damaged, () => JSON.parse(entry.value)))
  if (!parsed.success)
    throw new DataError({ who: 'importOnnx', problem: damaged, expected: '{ name: { dtype, shape, data } }' })
  return new Map(Object.entries(parsed.data).map(([name, { shape, data }]) => [name, valueOf('float32', shape, data)]))
}

/** The layer and the type of its input, from the metadata. */
function describedModel({ metadataProps }: ModelProto, plugins: readonly Registry[]): UntrainedModel {
  const described = (key: string): unknown => {
    const [entry, second] = metadataProps.filter((props) => props.key === key)
    if (entry === undefined || second !== undefined)
      throw new DataError({
        who: 'importOnnx',
        problem: `the file has ${entry === undefined ? 'no' : 'more than one'} metadata '${key}'`,
        expected: 'a file that exportOnnx wrote',
        hint: 'loadWeights, with a model of your own',
      })
    return typed(`the metadata '${key}' is damaged`, () => JSON.parse(entry.value))
  }
  const input = inputSchema.safeParse(described('gradwerk.input'))
  if (!input.success)
    throw new DataError({
      who: 'importOnnx',
      problem: "the metadata 'gradwerk.input' is not the type of a sample",
      expected: `{ shape, dtype } of at most ${mostElements} elements`,
      got: show(described('gradwerk.input')),
    })
  const json = described('gradwerk.model')
  const layer = typed("the metadata 'gradwerk.model' does not describe a model", () => revive(json, ...plugins))
  if (isLayer(layer)) return { layer, input: input.data }
  throw new DataError({
    who: 'importOnnx',
    problem: "the metadata 'gradwerk.model' describes no layer",
    got: show(json),
  })
}

function isLayer(x: unknown): x is Layer {
  return isPlugin(x) && x.kind === 'layer' && 'apply' in x && typeof x.apply === 'function'
}

/** Runs what a description leads to; whatever is thrown comes out as an error that says what it belongs to. */
function typed<T>(problem: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof GradwerkError) throw cause
    throw new DataError({ who: 'importOnnx', problem, got: String(cause), cause })
  }
}
