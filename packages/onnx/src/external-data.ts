// Large initializers in a file of their own beside the model, as ONNX describes it: location, offset and length.

import { create } from '@bufbuild/protobuf'
import { wholeNumbersOf } from './check/initializers.ts'
import {
  TensorProto_DataLocation as DataLocation,
  type ModelProto,
  StringStringEntryProtoSchema,
  type TensorProto,
} from './generated/onnx_pb.ts'

/** Where tensors begin: ONNX asks for multiples of a page, so that a reader may map the file into memory. */
const alignment = 4096

/**
 * Moves the numbers of every initializer of at least so many bytes out of the model. Returns what the other file holds. Short lists of whole
 * numbers stay: shapes follow from them, and ONNX Runtime does not look for those in other files.
 */
export function moveToFile(model: ModelProto, location: string, leastBytes: number): Uint8Array<ArrayBuffer> {
  const large = (model.graph?.initializer ?? []).filter(
    (tensor) => tensor.rawData.length >= leastBytes && wholeNumbersOf(tensor) === undefined,
  )
  const places = new Map<TensorProto, number>()
  let end = 0
  for (const tensor of large) {
    const offset = Math.ceil(end / alignment) * alignment
    places.set(tensor, offset)
    end = offset + tensor.rawData.length
  }
  const data = new Uint8Array(end)
  for (const [tensor, offset] of places) {
    data.set(tensor.rawData, offset)
    const entries = { location, offset: String(offset), length: String(tensor.rawData.length) }
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    )
    tensor.dataLocation = DataLocation.EXTERNAL
    tensor.rawData = new Uint8Array(0)
  }
  return data
}
