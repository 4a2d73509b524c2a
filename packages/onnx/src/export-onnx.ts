// A trained model as an ONNX file: its forward pass in evaluation mode, for any batch size.

import { type Exporter, numbers, parseOptions, type TrainedModel, type Values } from '@gradwerk/core'
import { z } from 'zod'
import { type ExportedGraph, exportedGraph, type Postprocessing } from './export-graph.ts'
import { moveToFile } from './external-data.ts'
import type { ModelProto } from './generated/onnx_pb.ts'
import { type ModelMetadata, metadataEntries, metadataSchema } from './metadata.ts'
import { encodeProto, modelProto } from './model.ts'
import { opsetSchema } from './opset.ts'

export interface ExportOptions {
  /** Version of the ONNX operator set, 17 to 26. Default 21. */
  readonly opset?: number
  /** Name of the graph. Default 'model'. */
  readonly name?: string
  /**
   * The file takes the bytes of images (uint8) and multiplies them with `scale` itself, as training does with a dataset's `inputScale`:
   * `{ scale: 1 / 255 }`. Default: it takes what the model takes.
   */
  readonly preprocess?: { readonly scale: number }
  /**
   * More outputs: `'softmax'` adds `probabilities` (float32, the shape of `output`), `'argMax'` adds `class` (int32, without the last
   * axis). Default none.
   */
  readonly postprocess?: readonly Postprocessing[]
  /**
   * Writes parameters as float16, which the graph casts to float32 before it uses them: half the file, numbers rounded by at most 2⁻¹¹ of
   * themselves (2⁻²⁵ below 2⁻¹⁴). Running statistics stay float32. Default false.
   */
  readonly float16?: boolean
  /** What else the file says about the model. Default nothing. */
  readonly metadata?: ModelMetadata
}

export interface ExportFilesOptions extends ExportOptions {
  /** Name of the model's file; its large tensors go to `<fileName>.data` beside it. Default 'model.onnx'. */
  readonly fileName?: string
  /** Bytes from which a tensor is large, ≥ 1; short lists of whole numbers never are. Default 1024. */
  readonly leastBytes?: number
}

const schema = z.strictObject({
  opset: opsetSchema,
  name: z.string().min(1).default('model').meta({ description: 'name of the graph' }),
  preprocess: z.strictObject({ scale: z.number().positive() }).optional().meta({
    description:
      'the file takes bytes and multiplies them with `scale` itself; it takes what the model takes unless given',
  }),
  postprocess: z
    .array(z.enum(['softmax', 'argMax']))
    .readonly()
    .default([])
    .meta({ description: "more outputs: 'softmax' adds `probabilities`, 'argMax' adds `class`" }),
  float16: z.boolean().default(false).meta({ description: 'whether parameters are written as float16' }),
  metadata: metadataSchema.default({}).meta({ description: 'what else the file says about the model' }),
})

const fileName = z
  .string()
  .regex(/^[^/\\\0:]+$/, { error: 'a file name without a folder' })
  .refine((name) => name !== '.' && name !== '..', { error: 'a file name' })
const filesSchema = schema.extend({
  fileName: fileName.default('model.onnx').meta({
    description: "name of the model's file; its large tensors go to `<fileName>.data` beside it",
  }),
  leastBytes: z.int().min(1).default(1024).meta({ description: 'bytes from which a tensor is large' }),
})

function graphOf(model: TrainedModel, options: z.output<typeof schema>): ExportedGraph {
  const { opset, preprocess, postprocess, float16 } = options
  return exportedGraph(model, { opset, scale: preprocess?.scale, postprocess, float16 })
}

function protoOf(who: string, model: TrainedModel, options: z.output<typeof schema>): ModelProto {
  const { name, preprocess, metadata } = options
  const { builder, parameters } = graphOf(model, options)
  const unused = { parameters: others(model.parameters, parameters), state: others(model.state, parameters) }
  const allUsed = Object.keys({ ...unused.parameters, ...unused.state }).length === 0
  return modelProto(builder, {
    name,
    metadata: {
      'gradwerk.model': JSON.stringify(model.layer),
      'gradwerk.input': JSON.stringify(model.input),
      ...(allUsed ? {} : { 'gradwerk.unused': JSON.stringify(unused) }),
      ...(preprocess === undefined ? {} : { 'gradwerk.preprocess': JSON.stringify(preprocess) }),
      ...metadataEntries(who, metadata),
    },
  })
}

/** The values that are none of the graph's, as plain JSON: those that the forward pass in evaluation neither uses nor declares. */
function others(values: Values, used: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const unused = Object.entries(values).filter(([name]) => !used.has(name))
  return Object.fromEntries(
    unused.map(([name, value]) => [name, { dtype: value.dtype, shape: value.shape, data: Array.from(numbers(value)) }]),
  )
}

/**
 * Writes a trained model as an ONNX file: input `input` [batch, …], output `output` [batch, …], random layers off. Parameters and running
 * statistics are initializers under the names that the model gives them, and a node is named after the layer that it belongs to
 * (`dense_1/Gemm`). The metadata holds the model's configuration and the type of its input as JSON (`gradwerk.model`,
 * `gradwerk.input`), what precedes it in the graph (`gradwerk.preprocess`), values that only training uses (`gradwerk.unused`), and
 * what `metadata` adds.
 *
 * `exportOnnx(foldBatchNorm(model))`, with the function of `@gradwerk/normalization`, writes a model whose normalizations are part of its
 * kernels.
 *
 * @throws OptionError for options outside their domain, and when an op needs a newer operator set; DataError when a parameter's value is
 * missing, has another type, or does not fit into float16, for a model of more than 2 GiB, and for what is no trained model
 */
export async function exportOnnx(model: TrainedModel, options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  return encodeProto(protoOf('exportOnnx', model, parseOptions('exportOnnx', schema, options)))
}

/**
 * `exportOnnx` with the large tensors in a file of their own, as models of more than 2 GiB need it. Returns the bytes of the files by name;
 * they belong into one folder.
 *
 * @throws what `exportOnnx` throws; OptionError for a file name that names a folder
 * @example
 * ```ts
 * for (const [name, bytes] of Object.entries(await exportOnnxFiles(run.model))) await writeFile(join(folder, name), bytes)
 * ```
 */
export async function exportOnnxFiles(
  model: TrainedModel,
  options: ExportFilesOptions = {},
): Promise<Readonly<Record<string, Uint8Array<ArrayBuffer>>>> {
  const parsed = parseOptions('exportOnnxFiles', filesSchema, options)
  const proto = protoOf('exportOnnxFiles', model, parsed)
  const location = `${parsed.fileName}.data`
  const data = moveToFile(proto, location, parsed.leastBytes)
  const bytes = encodeProto(proto)
  return { [parsed.fileName]: bytes, ...(data.length === 0 ? {} : { [location]: data }) }
}

/** The exporter for trainers and command lines that take one: `onnxExporter({ opset: 17 })`. Throws an OptionError for options outside their domain. */
export function onnxExporter(options: ExportOptions = {}): Exporter {
  const parsed = parseOptions('onnxExporter', schema, options)
  return {
    kind: 'exporter',
    name: 'onnxExporter',
    options: parsed,
    export: async (model) => encodeProto(protoOf('onnxExporter', model, parsed)),
  }
}
