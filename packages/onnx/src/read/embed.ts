// A model that keeps tensors in other files, as one file: what runtimes take as bytes.

import { clearField } from '@bufbuild/protobuf'
import { TensorProto_DataLocation as DataLocation, TensorProtoSchema } from '../generated/onnx_pb.ts'
import { encodeProto } from '../model.ts'
import { readExternal } from './external-data.ts'
import { type OnnxFile, openModel } from './onnx-file.ts'
import { storedBytes } from './tensor.ts'

/**
 * The bytes of a model with all tensors in them; those of a model without other files as they are.
 *
 * @throws DataError for bytes that are no model, numbers that cannot be read from the other files, and more than 2 GiB of them
 * @example
 * ```ts
 * const session = await InferenceSession.create(await embedExternal(await readOnnx('large.onnx')))
 * ```
 */
export async function embedExternal(file: OnnxFile): Promise<Uint8Array> {
  const { model, tensors, external } = openModel('embedExternal', file)
  const outside = [...tensors.values()].filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL)
  if (outside.length === 0) return file.bytes
  for (const tensor of outside) {
    tensor.rawData = await readExternal(tensor, storedBytes(tensor), external)
    tensor.externalData = []
    clearField(tensor, TensorProtoSchema.field.dataLocation)
  }
  return encodeProto(model)
}
