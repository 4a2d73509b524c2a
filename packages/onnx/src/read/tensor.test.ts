import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { DataError, valueOf } from '@gradwerk/core'
import { expect, test } from 'vitest'
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
} from '../generated/onnx_pb.ts'
import { tensorProto } from '../tensor-proto.ts'
import { readTensor } from './tensor.ts'

type Init = MessageInitShape<typeof TensorProtoSchema>
const make = (init: Init) => create(TensorProtoSchema, { name: 'w', dataType: DataType.FLOAT, ...init })

test.each(['float32', 'float64', 'int32', 'int64', 'uint8', 'uint32', 'bool'] as const)(
  '%s comes back as it was written, from raw bytes at any offset',
  async (dtype) => {
    const written = valueOf(dtype, [2, 3], dtype === 'bool' ? [1, 0, 0, 1, 1, 0] : [1, 2, 3, 100, 250, 0])
    const tensor = tensorProto('w', written)
    expect(await readTensor(tensor)).toEqual(written)
    const shifted = new Uint8Array([0, ...tensor.rawData]).subarray(1)
    const read = await readTensor({ ...tensor, rawData: shifted })
    expect(read).toEqual(written)
    expect(read.data.buffer).not.toBe(shifted.buffer)
  },
)

test.each<[string, Init, ReturnType<typeof valueOf>]>([
  ['FLOAT', { floatData: [0.5, -0] }, valueOf('float32', [2], [0.5, -0])],
  ['DOUBLE', { doubleData: [0.1, 2] }, valueOf('float64', [2], [0.1, 2])],
  ['INT32', { int32Data: [-1, 7] }, valueOf('int32', [2], [-1, 7])],
  ['INT64', { int64Data: [-1n, 2n ** 40n] }, valueOf('int64', [2], [-1, 2 ** 40])],
  ['UINT8', { int32Data: [0, 255] }, valueOf('uint8', [2], [0, 255])],
  ['UINT32', { uint64Data: [0n, 2n ** 32n - 1n] }, valueOf('uint32', [2], [0, 2 ** 32 - 1])],
  ['BOOL', { int32Data: [0, 1] }, valueOf('bool', [2], [0, 1])],
  ['FLOAT16', { int32Data: [0x3c00, 0xc000] }, valueOf('float32', [2], [1, -2])],
  ['FLOAT16', { rawData: Uint8Array.of(0, 0x3c, 0, 0xc0) }, valueOf('float32', [2], [1, -2])],
  ['BFLOAT16', { rawData: Uint8Array.of(0x80, 0x3f, 0x80, 0xbf) }, valueOf('float32', [2], [1, -1])],
])('%s is read from the field of its type', async (type, init, expected) => {
  const dataType = DataType[type as keyof typeof DataType]
  expect(await readTensor(make({ dims: [2n], ...init, dataType }))).toEqual(expected)
})

test('a tensor without elements, and one without axes', async () => {
  expect(await readTensor(make({ dims: [0n, 3n] }))).toEqual(valueOf('float32', [0, 3], []))
  expect(await readTensor(make({ dims: [], floatData: [4] }))).toEqual(valueOf('float32', [], [4]))
})

const raw = new Uint8Array(8)

test.each<[string, Init, string]>([
  [
    'fewer bytes than its shape needs',
    { dims: [3n], rawData: raw },
    'does not fill the shape [3]; expected 12 bytes; got 8',
  ],
  ['more bytes', { dims: [1n], rawData: raw }, 'expected 4 bytes; got 8'],
  ['no numbers', { dims: [1n] }, 'expected 4 bytes; got 0'],
  ['fewer elements', { dims: [3n], floatData: [1, 2] }, 'expected 3 elements; got 2'],
  ['a negative length', { dims: [-1n, -2n], rawData: raw }, 'its shape is not valid; expected lengths from 0'],
  ['terabytes', { dims: [2n ** 40n], rawData: raw }, `expected ${2 ** 42} bytes; got 8`],
  ['more than numbers can count', { dims: [2n ** 40n, 2n ** 40n], rawData: raw }, 'whose product is a safe integer'],
  [
    'a product that overflows to what is there',
    { dims: [2n ** 32n, 2n ** 32n, 2n], rawData: raw },
    'whose product is a safe integer',
  ],
  ['huge axes beside an empty one', { dims: [0n, 2n ** 62n] }, 'whose product is a safe integer'],
  [
    'more axes than any tensor',
    { dims: new Array<bigint>(100_000).fill(2n ** 62n) },
    'it has too many axes; expected at most 64; got 100000',
  ],
  [
    'another type in its field',
    { dims: [2n], int32Data: [1, 2] },
    'in the field of another type; expected floatData; got int32Data',
  ],
  ['numbers twice', { dims: [2n], rawData: raw, floatData: [1, 2] }, 'its numbers are in more than one place'],
  [
    'numbers here and elsewhere',
    { dims: [2n], rawData: raw, dataLocation: DataLocation.EXTERNAL },
    'in more than one place',
  ],
  ['a part only', { dims: [2n], rawData: raw, segment: { begin: 0n, end: 2n } }, 'it is a segment'],
  [
    'text',
    { dims: [1n], dataType: DataType.STRING, stringData: [raw] },
    'its element type is not read; expected FLOAT, DOUBLE, INT32',
  ],
  ['a type that there is not', { dims: [1n], dataType: 4711 }, 'got type 4711'],
  ['a byte above 255', { dims: [1n], dataType: DataType.UINT8, int32Data: [256] }, 'outside of the range of UINT8'],
  ['a negative half', { dims: [1n], dataType: DataType.FLOAT16, int32Data: [-1] }, 'outside of the range of FLOAT16'],
  [
    'a uint32 of 33 bits',
    { dims: [1n], dataType: DataType.UINT32, uint64Data: [2n ** 32n] },
    'outside of the range of UINT32',
  ],
  ['a bool of 2', { dims: [1n], dataType: DataType.BOOL, rawData: Uint8Array.of(2) }, 'a bool is neither 0 nor 1'],
])('refused: %s', async (_, init, message) => {
  const reading = readTensor(make(init))
  await expect(reading).rejects.toThrow(DataError)
  await expect(reading).rejects.toThrow(`tensor 'w': `)
  await expect(reading).rejects.toThrow(message)
})
