import { type Value, valueOf } from '@gradwerk/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdxError } from './errors.ts'
import { readIdx, writeIdx } from './idx.ts'

const dtypes = ['uint8', 'int32', 'float32', 'float64'] as const

const values: fc.Arbitrary<Value> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const length = shape.reduce((a, b) => a * b, 1)
    const integers = fc.integer(dtype === 'uint8' ? { min: 0, max: 255 } : { min: -(2 ** 31), max: 2 ** 31 - 1 })
    const element = dtype === 'float32' ? fc.float() : dtype === 'float64' ? fc.double() : integers
    return fc.array(element, { minLength: length, maxLength: length }).map((list) => valueOf(dtype, shape, list))
  })

/** A file at an odd place of a larger buffer, as files out of archives are. */
function shifted(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length + 3)
  larger.set(bytes, 3)
  return larger.subarray(3)
}

test('reading is the inverse of writing, wherever the bytes lie', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(readIdx(shifted(writeIdx(value)), 'file')).toEqual(value)
    }),
  )
})

test('a file by hand: int32 [2] with 1 and -2, big-endian', () => {
  const bytes = Uint8Array.of(0, 0, 0x0c, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe)
  expect(readIdx(bytes, 'file')).toEqual(valueOf('int32', [2], [1, -2]))
  expect(writeIdx(valueOf('int32', [2], [1, -2]))).toEqual(bytes)
})

test('bytes are not copied', () => {
  const bytes = writeIdx(valueOf('uint8', [2, 2], [1, 2, 3, 4]))
  expect(readIdx(bytes, 'file').data.buffer).toBe(bytes.buffer)
  // A Buffer's `slice` would not copy either: values hold plain arrays.
  expect(readIdx(Buffer.from(bytes), 'file').data.constructor).toBe(Uint8Array)
})

const good = [0, 0, 0x08, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8]
const corrupt: readonly [string, readonly number[], string][] = [
  ['an empty file', [], 'digits: too short for a header; expected at least 4 bytes; got 0'],
  ['a cut header', good.slice(0, 9), 'digits: too short for a header; expected at least 12 bytes for 2 axes; got 9'],
  [
    'wrong magic',
    [1, ...good.slice(1)],
    'digits: not an IDX file; expected two zero bytes at the start; got 0x01 0x00',
  ],
  ['gzip', [0x1f, 0x8b, 8, 0], 'got 0x1f 0x8b; try decompressing it: these bytes are gzip'],
  [
    '16-bit integers',
    [0, 0, 0x0b, 1, 0, 0, 0, 1, 0, 1],
    'digits: unsupported element type; expected 0x08 (uint8), 0x0c (int32), 0x0d (float32), 0x0e (float64); got 0x0b (16-bit integer)',
  ],
  [
    'an unknown type',
    [0, 0, 0x42, 1, 0, 0, 0, 1, 0],
    'unsupported element type; expected 0x08 (uint8), 0x0c (int32), 0x0d (float32), 0x0e (float64); got 0x42',
  ],
  ['no axes', [0, 0, 0x08, 0], 'digits: an array without axes; expected at least 1 axis; got 0'],
  [
    'an empty axis',
    [0, 0, 0x08, 2, 0, 0, 0, 0, 0, 0, 0, 2],
    'digits: an axis of length 0; expected lengths of 1 and more; got [0, 2]',
  ],
  [
    'absurd axes',
    [0, 0, 0x0e, 2, ...new Array<number>(8).fill(255)],
    'digits: the shape is absurdly large; expected fewer than 2^53 bytes; got [4294967295, 4294967295]',
  ],
  ['a cut end', good.slice(0, -1), 'digits: the file ends too early; expected 14 bytes for uint8 [1, 2]; got 13'],
  ['a longer end', [...good, 0], 'digits: there are bytes after the end; expected 14 bytes for uint8 [1, 2]; got 15'],
]

test.each(corrupt)('%s is refused', (_, bytes, message) => {
  const read = (): Value => readIdx(Uint8Array.from(bytes), 'digits')
  expect(read).toThrow(IdxError)
  expect(read).toThrow(message)
})

test('whatever the bytes, the answer is an array or an IdxError', () => {
  const header = fc.tuple(
    fc.constantFrom(8, 9, 0x0b, 0x0c, 0x0d, 0x0e),
    fc.nat(4),
    fc.array(fc.nat(3), { maxLength: 40 }),
  )
  const files = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    header.map(([type, rank, rest]) => Uint8Array.from([0, 0, type, rank, ...rest])),
  )
  fc.assert(
    fc.property(files, (bytes) => {
      try {
        expect(writeIdx(readIdx(bytes, 'file'))).toEqual(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(IdxError)
      }
    }),
    { numRuns: 1000 },
  )
})

test('arrays that the format lacks are refused', () => {
  expect(() => writeIdx(valueOf('uint32', [1], [1]))).toThrow(IdxError)
  expect(() => writeIdx(valueOf('uint8', [], [1]))).toThrow(IdxError)
  expect(() => writeIdx(valueOf('uint8', [0], []))).toThrow('got uint8 [0]')
})
