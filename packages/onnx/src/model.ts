// A whole ONNX model: its graph, operator sets and metadata, as a message and as bytes.

import { create, toBinary } from '@bufbuild/protobuf'
import { DataError } from '@gradwerk/core'
import { checkModel } from './check.ts'
import { type ModelProto, ModelProtoSchema } from './generated/onnx_pb.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { irVersionOf } from './opset.ts'

export interface ModelFacts {
  /** Name of the graph. */
  readonly name: string
  readonly version?: string
  readonly metadata?: Readonly<Record<string, string>>
}

/** A checked model around a graph. */
export function modelProto(builder: GraphBuilder, { name, version = '', metadata = {} }: ModelFacts): ModelProto {
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersionOf(builder.opset)),
    producerName: 'gradwerk',
    producerVersion: version,
    opsetImport: [
      { domain: '', version: BigInt(builder.opset) },
      ...[...builder.domains].sort().map((domain) => ({ domain, version: 1n })),
    ],
    graph: builder.build(name),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  })
  checkModel(model)
  return model
}

/** Protocol buffers end at 2 GiB; some of it is left for the graph. */
const mostBytes = 2 ** 31 - 2 ** 20

/** The bytes of a model. Throws a DataError where it has too many numbers for one file. */
export function encodeProto(model: ModelProto): Uint8Array<ArrayBuffer> {
  const bytes = (model.graph?.initializer ?? []).reduce((total, { rawData }) => total + rawData.length, 0)
  if (bytes > mostBytes)
    throw new DataError({
      who: 'onnx',
      problem: 'the model is too large for one file',
      expected: `initializers of at most ${mostBytes} bytes`,
      got: String(bytes),
      hint: 'exportOnnxFiles',
    })
  return toBinary(ModelProtoSchema, model)
}

/** The bytes of a checked model around a graph. */
export function encodeModel(builder: GraphBuilder, facts: ModelFacts): Uint8Array<ArrayBuffer> {
  return encodeProto(modelProto(builder, facts))
}
