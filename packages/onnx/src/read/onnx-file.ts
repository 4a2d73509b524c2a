// A model file together with the files beside it, and the tensors that stand in it by name.

import { DataError, show } from '@gradwerk/core'
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../generated/onnx_pb.ts'
import { decodeModel } from './decode.ts'
import type { ExternalFiles } from './external-data.ts'

export interface OnnxFile {
  readonly bytes: Uint8Array
  /** Finds the files in which the model keeps large tensors. Default: there are none. */
  readonly external?: ExternalFiles
}

export interface OpenModel {
  readonly model: ModelProto
  readonly graph: GraphProto
  /** Initializers, and what `Constant` nodes hold, by name. */
  readonly tensors: ReadonlyMap<string, TensorProto>
  readonly external: ExternalFiles | undefined
}

/** Throws a DataError for what is no bytes, bytes that are no model, a model without a graph, and tensors of one name. */
export function openModel(who: string, file: Uint8Array | OnnxFile): OpenModel {
  const { bytes, external }: Partial<OnnxFile> = file instanceof Uint8Array ? { bytes: file } : (file ?? {})
  if (!(bytes instanceof Uint8Array))
    throw new DataError({
      who,
      problem: 'the file is not given as bytes',
      expected: 'a Uint8Array, or { bytes, external } with one',
      got: show(file),
      hint: "readOnnx(path) of '@gradwerk/onnx/node'",
    })
  const model = decodeModel(bytes)
  const { graph } = model
  if (graph === undefined) throw new DataError({ who, problem: 'the model has no graph' })
  return { model, graph, tensors: tensorsOf(who, graph), external }
}

function tensorsOf(who: string, { initializer, node }: GraphProto): ReadonlyMap<string, TensorProto> {
  const tensors = new Map<string, TensorProto>()
  const named = [...initializer.map((tensor) => [tensor.name, tensor] as const), ...node.flatMap(constantOf)]
  for (const [name, tensor] of named) {
    if (tensors.has(name)) throw new DataError({ who, problem: `two tensors are named '${name}'` })
    tensors.set(name, tensor)
  }
  return tensors
}

function constantOf({ opType, domain, output, attribute }: NodeProto): (readonly [string, TensorProto])[] {
  if (opType !== 'Constant' || domain !== '') return []
  const tensor = attribute.find(({ name }) => name === 'value')?.t
  return tensor === undefined || output[0] === undefined ? [] : [[output[0], tensor]]
}
