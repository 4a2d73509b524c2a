// Types and values as ONNX messages.

import { create } from '@bufbuild/protobuf'
import { type DType, dynamic, type Type, type Value } from '@gradwerk/core'
import {
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.ts'

/** ONNX's number for each element type. */
export const dataTypes: Readonly<Record<DType, DataType>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint8: DataType.UINT8,
  uint32: DataType.UINT32,
  bool: DataType.BOOL,
}

/** The bytes of a value's numbers. ONNX is little-endian, as is every machine that Node and browsers run on. */
export function bytesOf({ data }: Value): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

export function tensorProto(name: string, value: Value): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: dataTypes[value.dtype],
    dims: value.shape.map(BigInt),
    rawData: bytesOf(value),
  })
}

/** Name and type of a graph's input or output. A `dynamic` axis gets the name given, or stays unknown. */
export function valueInfo(name: string, { dtype, shape }: Type, dynamicName?: string): ValueInfoProto {
  const unknown = dynamicName === undefined ? {} : { value: { case: 'dimParam' as const, value: dynamicName } }
  const dim = shape.map((length) =>
    length === dynamic ? unknown : { value: { case: 'dimValue' as const, value: BigInt(length) } },
  )
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypes[dtype], shape: { dim } } } },
  })
}
