// A whole ONNX model: its graph, operator sets and metadata, as a message and as bytes.

import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
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

/** The bytes of a checked model around a graph. */
export function encodeModel(
  builder: GraphBuilder,
  { name, version = '', metadata = {} }: ModelFacts,
): Uint8Array<ArrayBuffer> {
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
  return toBinary(ModelProtoSchema, model)
}

/** Reads a model. Throws a DataError when the bytes are not one. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw new DataError({
      who: 'decodeModel',
      problem: 'not an ONNX model',
      expected: 'the bytes of an .onnx file',
      cause,
    })
  }
}
