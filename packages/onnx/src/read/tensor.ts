// ONNX tensors as values. Everything a tensor says is checked against the bytes that are there before memory is taken for it.

import {
  allocate,
  DataError,
  type DType,
  formatShape,
  type Shape,
  sizeOf,
  type Type,
  type Value,
  value,
  valueOf,
} from '@gradwerk/core'
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProto_DataTypeSchema as DataTypeSchema,
  type TensorProto,
} from '../generated/onnx_pb.ts'
import { type ExternalFiles, readExternal } from './external-data.ts'
import { fromBfloat16, fromFloat16 } from './half.ts'

type TypedField = 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data'
const typedFields: readonly TypedField[] = ['floatData', 'doubleData', 'int32Data', 'int64Data', 'uint64Data']

/** How the elements of a type are stored. */
interface Storage {
  readonly dtype: DType
  /** Bytes of an element. */
  readonly width: number
  /** Where the elements are unless they are raw bytes. */
  readonly field: TypedField
  /** For floats of two bytes, which are read as float32. */
  readonly widen?: (bits: number) => number
}

const storages: ReadonlyMap<number, Storage> = new Map([
  [DataType.FLOAT, { dtype: 'float32', width: 4, field: 'floatData' }],
  [DataType.DOUBLE, { dtype: 'float64', width: 8, field: 'doubleData' }],
  [DataType.INT32, { dtype: 'int32', width: 4, field: 'int32Data' }],
  [DataType.INT64, { dtype: 'int64', width: 8, field: 'int64Data' }],
  [DataType.UINT8, { dtype: 'uint8', width: 1, field: 'int32Data' }],
  [DataType.UINT32, { dtype: 'uint32', width: 4, field: 'uint64Data' }],
  [DataType.BOOL, { dtype: 'bool', width: 1, field: 'int32Data' }],
  [DataType.FLOAT16, { dtype: 'float32', width: 2, field: 'int32Data', widen: fromFloat16 }],
  [DataType.BFLOAT16, { dtype: 'float32', width: 2, field: 'int32Data', widen: fromBfloat16 }],
])

const highestRank = 64

function refuse({ name }: TensorProto, problem: string, expected?: string, got?: string): never {
  throw new DataError({
    who: `tensor '${name}'`,
    problem,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  })
}

/** What ONNX calls an element type. */
function nameOf(dataType: number): string {
  return DataTypeSchema.values.find(({ number }) => number === dataType)?.name ?? `type ${dataType}`
}

function storageOf(tensor: TensorProto): Storage {
  const storage = storages.get(tensor.dataType)
  if (storage !== undefined) return storage
  const names = [...storages.keys()].map(nameOf).join(', ')
  return refuse(tensor, 'its element type is not read', names, nameOf(tensor.dataType))
}

/** The shape, of lengths that can be multiplied without loss. */
function shapeOf(tensor: TensorProto): Shape {
  const { dims } = tensor
  if (dims.length > highestRank) refuse(tensor, 'it has too many axes', `at most ${highestRank}`, String(dims.length))
  const product = dims.reduce((all, length) => all * (length === 0n ? 1n : length), 1n)
  if (dims.every((length) => length >= 0n) && product <= BigInt(Number.MAX_SAFE_INTEGER)) return dims.map(Number)
  return refuse(
    tensor,
    'its shape is not valid',
    'lengths from 0 whose product is a safe integer',
    `[${dims.join(', ')}]`,
  )
}

/** The type that a tensor is read as. Throws a DataError for one that cannot be read, whatever numbers it has. */
export function tensorType(tensor: TensorProto): Type {
  return { dtype: storageOf(tensor).dtype, shape: shapeOf(tensor) }
}

/** Bytes that the numbers of a tensor take where they are raw. Throws what `tensorType` throws. */
export function storedBytes(tensor: TensorProto): number {
  return sizeOf(shapeOf(tensor)) * storageOf(tensor).width
}

/**
 * The numbers of a tensor, copied. Half floats (FLOAT16, BFLOAT16) become float32, which holds each of them exactly.
 *
 * @throws DataError for an element type that has no dtype, and for a tensor whose bytes or elements do not fill its shape
 */
export async function readTensor(tensor: TensorProto, files?: ExternalFiles): Promise<Value> {
  const storage = storageOf(tensor)
  const shape = shapeOf(tensor)
  const elements = sizeOf(shape)
  const size = storedBytes(tensor)
  if (tensor.segment !== undefined) refuse(tensor, 'it is a segment of a tensor', 'a whole tensor')
  const used = typedFields.filter((field) => tensor[field].length > 0)
  const isExternal = tensor.dataLocation === DataLocation.EXTERNAL
  const sources = used.length + (tensor.rawData.length > 0 ? 1 : 0) + (isExternal ? 1 : 0)
  if (sources > 1) refuse(tensor, 'its numbers are in more than one place')
  if (isExternal) return fromBytes(tensor, shape, storage, await readExternal(tensor, size, files))
  if (used.length === 0) {
    const { rawData } = tensor
    if (rawData.length !== size)
      refuse(tensor, `its data does not fill the shape ${formatShape(shape)}`, `${size} bytes`, String(rawData.length))
    return fromBytes(tensor, shape, storage, rawData)
  }
  if (used[0] !== storage.field) refuse(tensor, 'its numbers are in the field of another type', storage.field, used[0])
  const items = tensor[storage.field]
  if (items.length !== elements)
    refuse(
      tensor,
      `its data does not fill the shape ${formatShape(shape)}`,
      `${elements} elements`,
      String(items.length),
    )
  return fromItems(tensor, shape, storage, items)
}

/** From bytes as many as the shape needs. ONNX is little-endian, as is every machine that Node and browsers run on. */
function fromBytes(tensor: TensorProto, shape: Shape, { dtype, width, widen }: Storage, bytes: Uint8Array): Value {
  if (widen !== undefined) {
    const bits = new Uint16Array(bytes.length / width)
    new Uint8Array(bits.buffer).set(bytes)
    return value('float32', shape, Float32Array.from(bits, widen))
  }
  const data = allocate(dtype, bytes.length / width)
  new Uint8Array(data.buffer).set(bytes)
  return checkedBool(tensor, value(dtype, shape, data))
}

function fromItems(
  tensor: TensorProto,
  shape: Shape,
  { dtype, widen }: Storage,
  items: readonly number[] | readonly bigint[],
): Value {
  if (dtype === 'int64') return value('int64', shape, BigInt64Array.from(items, BigInt))
  const numbers = Array.from(items, Number)
  const checkEach = (isInside: (number: number, index: number) => boolean) => {
    if (!numbers.every(isInside)) refuse(tensor, `an element is outside of the range of ${nameOf(tensor.dataType)}`)
  }
  if (widen !== undefined) {
    checkEach((bits) => bits >= 0 && bits <= 0xffff)
    return value('float32', shape, Float32Array.from(numbers, widen))
  }
  const made = valueOf(dtype, shape, numbers)
  checkEach((number, index) => Object.is(made.data[index], number))
  return checkedBool(tensor, made)
}

function checkedBool(tensor: TensorProto, made: Value): Value {
  if (made.dtype === 'bool' && made.data.some((byte) => byte > 1)) refuse(tensor, 'a bool is neither 0 nor 1')
  return made
}
