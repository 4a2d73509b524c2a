// From the bytes of an ONNX file to its message.

import { fromBinary } from '@bufbuild/protobuf'
import { DataError } from '@gradwerk/core'
import { type ModelProto, ModelProtoSchema } from '../generated/onnx_pb.ts'
import { checkWire } from './wire.ts'

/**
 * Reads a model. It takes memory in proportion to the size of the file, whatever the file says; large tensors stay views of the bytes.
 * What the message says is not checked: see `checkModel`.
 *
 * @throws DataError when the bytes are no ONNX model, or one that is truncated
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  try {
    checkWire(ModelProtoSchema, bytes)
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false })
  } catch (cause) {
    throw new DataError({
      who: 'decodeModel',
      problem: 'not an ONNX model, or a damaged one',
      expected: 'the bytes of an .onnx file',
      got: cause instanceof DataError ? cause.facts.problem : String(cause),
      cause,
    })
  }
}
