import { create } from '@bufbuild/protobuf'
import { DataError, valueOf } from '@gradwerk/core'
import { expect, test } from 'vitest'
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
} from '../generated/onnx_pb.ts'
import type { ExternalFile } from './external-data.ts'
import { readTensor } from './tensor.ts'

function tensor(entries: Readonly<Record<string, string>>, dims: readonly bigint[] = [2n]) {
  return create(TensorProtoSchema, {
    name: 'w',
    dataType: DataType.FLOAT,
    dims: [...dims],
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  })
}

const data = new Blob([Float32Array.of(1, 2, 3)])
const files = (location: string): ExternalFile => {
  if (location === 'weights/w.bin') return data
  throw new DataError({ who: location, problem: 'there is no such file' })
}

test('a part of a file beside the model', async () => {
  const read = await readTensor(tensor({ location: 'weights/w.bin', offset: '4', length: '8' }), files)
  expect(read).toEqual(valueOf('float32', [2], [2, 3]))
  expect(await readTensor(tensor({ location: 'weights/w.bin' }), files)).toEqual(valueOf('float32', [2], [1, 2]))
})

test.each([
  '/etc/passwd',
  '../w.bin',
  'weights/../../w.bin',
  'weights//w.bin',
  './w.bin',
  '..',
  '',
  '..\\w.bin',
  'weights\\w.bin',
  'C:\\w.bin',
  'C:w.bin',
  '\\\\server\\share\\w.bin',
  'file:///etc/passwd',
  'w.bin\0.txt',
])('never asks for %j', async (location) => {
  const asked: string[] = []
  const reading = readTensor(tensor({ location }), (at) => {
    asked.push(at)
    return data
  })
  await expect(reading).rejects.toThrow(
    "tensor 'w': its external data is not in a file beside the model; expected a relative path",
  )
  expect(asked).toEqual([])
})

const location = 'weights/w.bin'

test.each<[string, Parameters<typeof tensor>, string]>([
  [
    'an offset behind the file',
    [{ location, offset: '8' }],
    'ends behind the file "weights/w.bin"; expected at most 12 bytes; got 16',
  ],
  ['terabytes', [{ location }, [2n ** 40n]], `expected at most 12 bytes; got ${2 ** 42}`],
  ['a length of its own', [{ location, length: '12' }], 'does not fill its shape; expected 8 bytes; got 12'],
  ['a negative offset', [{ location, offset: '-4' }], 'the offset of its external data is not valid'],
  ['an offset in words', [{ location, offset: '1e1' }], 'the offset of its external data is not valid'],
  [
    'an offset too large for a number',
    [{ location, offset: '9999999999999999' }],
    'the offset of its external data is not valid',
  ],
  ['a negative length', [{ location, length: '-8' }], 'the length of its external data is not valid'],
  ['a file that is not there', [{ location: 'other.bin' }], 'other.bin: there is no such file'],
])('refused: %s', async (_, given, message) => {
  const reading = readTensor(tensor(...given), files)
  await expect(reading).rejects.toThrow(DataError)
  await expect(reading).rejects.toThrow(message)
})

test('nothing is read before it is known that the file is large enough', async () => {
  const file: ExternalFile = {
    size: 12,
    slice: () => {
      throw new Error('read')
    },
  }
  await expect(readTensor(tensor({ location }, [4n]), () => file)).rejects.toThrow('ends behind the file')
})

test('a file that shrinks meanwhile, one entry twice, and no files at all', async () => {
  await expect(readTensor(tensor({ location }), () => ({ size: 12, slice: () => new Blob([]) }))).rejects.toThrow(
    'could not be read; expected 8 bytes; got 0',
  )
  const twice = tensor({ location })
  twice.externalData.push(...tensor({ location: 'other.bin' }).externalData)
  await expect(readTensor(twice, files)).rejects.toThrow('says something twice')
  await expect(readTensor(tensor({ location }))).rejects.toThrow(
    'its numbers are in the file "weights/w.bin", which was not given; try readOnnx(path)',
  )
})
