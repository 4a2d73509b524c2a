// What the metadata of an exported file says: the model's layer, the type of its input, and the values that its graph has no use for.

import {
  DataError,
  dtypes,
  GradwerkError,
  isPlugin,
  type Layer,
  type Registry,
  revive,
  show,
  type TrainedModel,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { z } from 'zod'
import type { ModelProto } from '../generated/onnx_pb.ts'

/** Elements of one sample that a file may ask for: 512 MiB of float32. */
const mostElements = 2 ** 27

const typeShape = { shape: z.array(z.int().nonnegative()), dtype: z.enum(dtypes) }
const inputSchema = z.strictObject(typeShape).refine(({ shape }) => shape.reduce((a, b) => a * b, 1) <= mostElements, {
  error: `at most ${mostElements} elements`,
})
const valuesSchema = z.record(z.string(), z.strictObject({ ...typeShape, data: z.array(z.number()) }))
const unusedSchema = z.strictObject({ parameters: valuesSchema, state: valuesSchema })

/** Runs what a file leads to. What is thrown on purpose comes out as it is, anything else as an error that says where it is from. */
export function guarded<T>(problem: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof GradwerkError) throw cause
    throw new DataError({ who: 'importOnnx', problem, got: String(cause), cause })
  }
}

/** The JSON of an entry, undefined where there is none. */
function entryOf({ metadataProps }: ModelProto, key: string): unknown {
  const [entry, second] = metadataProps.filter((props) => props.key === key)
  if (second !== undefined) throw new DataError({ who: 'importOnnx', problem: `the file has two metadata '${key}'` })
  if (entry === undefined) return undefined
  return guarded(`the metadata '${key}' is damaged`, () => JSON.parse(entry.value))
}

function checked<T>(key: string, schema: z.ZodType<T>, json: unknown): T {
  const parsed = guarded(`the metadata '${key}' is damaged`, () => schema.safeParse(json))
  if (parsed.success) return parsed.data
  throw new DataError({
    who: 'importOnnx',
    problem: `the metadata '${key}' is not valid`,
    got: `${show(json)} (${parsed.error.issues[0]?.message})`,
  })
}

function isLayer(x: unknown): x is Layer {
  return isPlugin(x) && x.kind === 'layer' && 'apply' in x && typeof x.apply === 'function'
}

/** The layer, made by the factories of the namespaces, and the type of one sample. */
export function describedModel(model: ModelProto, plugins: readonly Registry[]): Pick<TrainedModel, 'layer' | 'input'> {
  const [json, type] = [entryOf(model, 'gradwerk.model'), entryOf(model, 'gradwerk.input')]
  if (json === undefined || type === undefined)
    throw new DataError({
      who: 'importOnnx',
      problem: "the file has no metadata 'gradwerk.model' and 'gradwerk.input'",
      expected: 'a file that exportOnnx wrote',
      hint: 'loadWeights, with a model of your own',
    })
  const input = checked('gradwerk.input', inputSchema, type)
  const layer = guarded("the metadata 'gradwerk.model' does not describe a model", () => revive(json, ...plugins))
  if (isLayer(layer)) return { layer, input }
  throw new DataError({
    who: 'importOnnx',
    problem: "the metadata 'gradwerk.model' describes no layer",
    got: show(json),
  })
}

/** Parameters and states that the graph has no use for, as training has them. */
export function unusedValues(model: ModelProto): Pick<TrainedModel, 'parameters' | 'state'> {
  const json = entryOf(model, 'gradwerk.unused') ?? { parameters: {}, state: {} }
  const { parameters, state } = checked('gradwerk.unused', unusedSchema, json)
  return { parameters: valuesOf(parameters), state: valuesOf(state) }
}

function valuesOf(entries: z.output<typeof valuesSchema>): Values {
  return Object.fromEntries(
    Object.entries(entries).map(([name, { dtype, shape, data }]) => [
      name,
      guarded(`the metadata 'gradwerk.unused' is damaged at '${name}'`, () => valueOf(dtype, shape, data)),
    ]),
  )
}
