// Initializers: whether their numbers fill their shapes, and the whole numbers that shapes of other values depend on.

import { ProgramError } from '@gradwerk/core'
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type TensorProto,
} from '../generated/onnx_pb.ts'
import type { ValueType } from './types.ts'

/** Bytes of one element, for the types that files of gradwerk hold. */
const elementBytes: ReadonlyMap<number, number> = new Map([
  [DataType.FLOAT, 4],
  [DataType.FLOAT16, 2],
  [DataType.DOUBLE, 8],
  [DataType.INT32, 4],
  [DataType.INT64, 8],
  [DataType.UINT8, 1],
  [DataType.UINT32, 4],
  [DataType.BOOL, 1],
])

const highestRank = 64

/** Longer lists of whole numbers are no shapes. */
const mostNumbers = 64

function countOf({ dims }: TensorProto): bigint {
  return dims.reduce((total, length) => total * length, 1n)
}

/** The type of an initializer. Throws a ProgramError where its bytes do not fill its shape. */
export function checkInitializer(who: string, tensor: TensorProto): ValueType {
  const { name, dims, dataType, rawData, dataLocation } = tensor
  const bytes = elementBytes.get(dataType)
  const refuse = (problem: string): never => {
    throw new ProgramError({ who, problem: `initializer '${name}' ${problem}` })
  }
  if (dataType === DataType.UNDEFINED) refuse('has no element type')
  if (dims.length > highestRank) refuse(`has ${dims.length} axes`)
  if (dims.some((length) => length < 0n)) refuse('has a negative length')
  const inFile = dataLocation !== DataLocation.EXTERNAL
  if (!inFile && !tensor.externalData.some(({ key }) => key === 'location')) refuse('has no place for its numbers')
  if (inFile && bytes !== undefined && rawData.length > 0 && BigInt(rawData.length) !== countOf(tensor) * BigInt(bytes))
    refuse(`has ${rawData.length} bytes for ${countOf(tensor)} elements of ${bytes}`)
  return { element: dataType, shape: dims.map(Number) }
}

/** The numbers of a short int64 list; undefined for anything else, and for numbers in another file. */
export function wholeNumbersOf(tensor: TensorProto): readonly number[] | undefined {
  const { dataType, dims, rawData, int64Data, dataLocation } = tensor
  if (dataType !== DataType.INT64 || dims.length > 1 || rawData.length > 8 * mostNumbers) return undefined
  if (dataLocation === DataLocation.EXTERNAL) return undefined
  if (rawData.length === 0) return int64Data.slice(0, mostNumbers).map(Number)
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength)
  return Array.from({ length: Math.floor(rawData.length / 8) }, (_, i) => Number(view.getBigInt64(8 * i, true)))
}
