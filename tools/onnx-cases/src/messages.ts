// ONNX messages as this reader sees them, and the numbers of a tensor message.

import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { type DType, type Shape, sizeOf, type Value, valueOf } from '@gradwerk/core'
import { decodeModel } from '@gradwerk/onnx'
import { LeftOut } from './left-out.ts'

export type ModelMessage = ReturnType<typeof decodeModel>
export type GraphMessage = NonNullable<ModelMessage['graph']>
export type NodeMessage = GraphMessage['node'][number]
export type AttributeMessage = NodeMessage['attribute'][number]
export type TensorMessage = GraphMessage['initializer'][number]

/** Element types by ONNX's numbers (TensorProto.DataType). */
const elementTypes: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
}
const claimed: readonly string[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'uint32', 'bool']

function isClaimed(name: string): name is DType {
  return claimed.includes(name)
}

/** The element type behind ONNX's number. Throws LeftOut for one that core does not have. */
export function dtypeOf(dataType: number): DType {
  const name = elementTypes[dataType] ?? `number ${dataType}`
  if (isClaimed(name)) return name
  throw new LeftOut(`element type ${name}`)
}

export interface NumberOptions {
  /** Round float64 to float32, for a backend that does not compute in float64. Default false. */
  readonly roundFloat64?: boolean
}

/** The numbers of a tensor message, from its raw bytes or from the field of its element type. */
export function valueOfMessage(tensor: TensorMessage, { roundFloat64 = false }: NumberOptions = {}): Value {
  const dtype = dtypeOf(tensor.dataType)
  const shape = tensor.dims.map(Number)
  return valueOf(dtype === 'float64' && roundFloat64 ? 'float32' : dtype, shape, numbersOf(tensor, dtype, shape))
}

function numbersOf(tensor: TensorMessage, dtype: DType, shape: Shape): ArrayLike<number> {
  if (tensor.rawData.length === 0) return typedNumbers(tensor, dtype)
  const view = new DataView(tensor.rawData.buffer, tensor.rawData.byteOffset, tensor.rawData.byteLength)
  const read = readers[dtype](view)
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => read(i))
}

const readers: Readonly<Record<DType, (view: DataView) => (i: number) => number>> = {
  float32: (view) => (i) => view.getFloat32(4 * i, true),
  float64: (view) => (i) => view.getFloat64(8 * i, true),
  int32: (view) => (i) => view.getInt32(4 * i, true),
  int64: (view) => (i) => Number(view.getBigInt64(8 * i, true)),
  uint8: (view) => (i) => view.getUint8(i),
  uint32: (view) => (i) => view.getUint32(4 * i, true),
  bool: (view) => (i) => view.getUint8(i),
}

function typedNumbers({ floatData, doubleData, int32Data, int64Data, uint64Data }: TensorMessage, dtype: DType) {
  if (dtype === 'float32') return floatData
  if (dtype === 'float64') return doubleData
  if (dtype === 'int64') return int64Data.map(Number)
  return dtype === 'uint32' ? uint64Data.map(Number) : int32Data
}

/** Reads the bytes of a tensor message: `decodeModel` reads them as the only initializer (field 5) of a graph (field 7). */
export function decodeTensor(bytes: Uint8Array): TensorMessage {
  const graph = new BinaryWriter().tag(5, 2).bytes(bytes).finish()
  const tensor = decodeModel(new BinaryWriter().tag(7, 2).bytes(graph).finish()).graph?.initializer[0]
  if (tensor === undefined) throw new LeftOut('not a tensor')
  return tensor
}

/** The bytes of a tensor message: dims (field 1), element type (2), name (8), raw bytes (9). */
export function encodeTensor(name: string, { dtype, shape, data }: Value): Uint8Array {
  const number = Object.entries(elementTypes).find(([, of]) => of === dtype)?.[0]
  const writer = new BinaryWriter()
  for (const length of shape) writer.tag(1, 0).int64(length)
  writer.tag(2, 0).int32(Number(number)).tag(8, 2).string(name)
  return writer
    .tag(9, 2)
    .bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .finish()
}
