// Weights of half precision: rounded to the nearest number that IEEE 754 binary16 has, ties to even.

import { create } from '@bufbuild/protobuf'
import { DataError, formatType, numbers, type Value } from '@gradwerk/core'
import { Float16Array } from '@petamoriken/float16'
import { TensorProto_DataType as DataType, type TensorProto, TensorProtoSchema } from './generated/onnx_pb.ts'

/** The largest finite number of half precision. */
const largest = 65504

/** Throws a DataError for a finite number that half precision does not have. */
export function float16Proto(name: string, value: Value): TensorProto {
  const halves = Float16Array.from(numbers(value))
  const lost = numbers(value).findIndex((x, i) => Number.isFinite(x) && !Number.isFinite(halves[i]))
  if (lost >= 0)
    throw new DataError({
      who: 'exportOnnx',
      problem: `'${name}' (${formatType(value)}) does not fit into float16`,
      expected: `numbers from -${largest} to ${largest}`,
      got: String(value.data[lost]),
      hint: 'float16: false',
    })
  return create(TensorProtoSchema, {
    name,
    dataType: DataType.FLOAT16,
    dims: value.shape.map(BigInt),
    rawData: new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength),
  })
}
