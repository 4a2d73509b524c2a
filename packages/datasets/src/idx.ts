// The IDX format of the MNIST files (LeCun, Cortes & Burges): two zero bytes, the element type, the rank, the axis lengths as
// big-endian 32-bit numbers, then the elements, big-endian, row-major.

import { allocate, type Data, formatShape, type Value, value } from '@gradwerk/core'
import { IdxError } from './errors.ts'

interface ElementType {
  readonly dtype: 'uint8' | 'int32' | 'float32' | 'float64'
  readonly bytes: number
  readonly read?: (view: DataView, offset: number) => number
  readonly write?: (view: DataView, offset: number, x: number) => void
}

const elementTypes: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [0x08, { dtype: 'uint8', bytes: 1 }],
  [
    0x0c,
    { dtype: 'int32', bytes: 4, read: (view, at) => view.getInt32(at), write: (view, at, x) => view.setInt32(at, x) },
  ],
  [
    0x0d,
    {
      dtype: 'float32',
      bytes: 4,
      read: (view, at) => view.getFloat32(at),
      write: (view, at, x) => view.setFloat32(at, x),
    },
  ],
  [
    0x0e,
    {
      dtype: 'float64',
      bytes: 8,
      read: (view, at) => view.getFloat64(at),
      write: (view, at, x) => view.setFloat64(at, x),
    },
  ],
])

/** Element types that the format knows and gradwerk has no values of. */
const foreignTypes: ReadonlyMap<number, string> = new Map([
  [0x09, 'signed byte'],
  [0x0b, '16-bit integer'],
])

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`

/**
 * The array in an IDX file.
 *
 * @param bytes the whole file, decompressed. Elements of one byte are not copied: the value is a view of `bytes`.
 * @param who the file's name, for messages.
 * @returns a value of any shape without an empty axis, of type uint8, int32, float32 or float64.
 * @throws IdxError for anything that is not exactly one IDX array: a short header, wrong magic bytes, an element type without a
 * counterpart, an axis of length 0, more elements than can be counted, missing or trailing bytes.
 * @example
 * const images = readIdx(await readFile('train-images-idx3-ubyte'), 'train-images-idx3-ubyte') // uint8 [60000, 28, 28]
 */
export function readIdx(bytes: Uint8Array, who: string): Value {
  const { type, shape, start } = readHeader(bytes, who)
  const length = shape.reduce((product, axis) => product * axis, 1)
  const expected = start + length * type.bytes
  if (!Number.isSafeInteger(expected))
    throw new IdxError({
      who,
      problem: 'the shape is absurdly large',
      expected: 'fewer than 2^53 bytes',
      got: formatShape(shape),
    })
  if (bytes.length !== expected)
    throw new IdxError({
      who,
      problem: bytes.length < expected ? 'the file ends too early' : 'there are bytes after the end',
      expected: `${expected} bytes for ${type.dtype} ${formatShape(shape)}`,
      got: String(bytes.length),
    })
  const { read } = type
  // Not `subarray`: of a Node Buffer that is a Buffer, whose `slice` does not copy.
  if (read === undefined) return value('uint8', shape, new Uint8Array(bytes.buffer, bytes.byteOffset + start, length))
  const view = new DataView(bytes.buffer, bytes.byteOffset + start)
  const data = allocate(type.dtype, length)
  for (let i = 0; i < length; i++) data[i] = read(view, i * type.bytes)
  return { dtype: type.dtype, shape, data }
}

function readHeader(bytes: Uint8Array, who: string): { type: ElementType; shape: number[]; start: number } {
  if (bytes.length < 4)
    throw new IdxError({
      who,
      problem: 'too short for a header',
      expected: 'at least 4 bytes',
      got: String(bytes.length),
    })
  const [zero = 0, alsoZero = 0, code = 0, rank = 0] = bytes
  if (zero !== 0 || alsoZero !== 0)
    throw new IdxError({
      who,
      problem: 'not an IDX file',
      expected: 'two zero bytes at the start',
      got: `${hex(zero)} ${hex(alsoZero)}`,
      ...(zero === 0x1f && alsoZero === 0x8b ? { hint: 'decompressing it: these bytes are gzip' } : {}),
    })
  const type = elementTypes.get(code)
  if (type === undefined)
    throw new IdxError({
      who,
      problem: 'unsupported element type',
      expected: [...elementTypes].map(([known, { dtype }]) => `${hex(known)} (${dtype})`).join(', '),
      got: foreignTypes.has(code) ? `${hex(code)} (${foreignTypes.get(code)})` : hex(code),
    })
  if (rank === 0) throw new IdxError({ who, problem: 'an array without axes', expected: 'at least 1 axis', got: '0' })
  const start = 4 + 4 * rank
  if (bytes.length < start)
    throw new IdxError({
      who,
      problem: 'too short for a header',
      expected: `at least ${start} bytes for ${rank} axes`,
      got: String(bytes.length),
    })
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  if (shape.includes(0))
    throw new IdxError({
      who,
      problem: 'an axis of length 0',
      expected: 'lengths of 1 and more',
      got: formatShape(shape),
    })
  return { type, shape, start }
}

/**
 * An IDX file of an array: the inverse of `readIdx`. Throws an IdxError for an element type or a rank that the format lacks.
 *
 * @example
 * await writeFile('labels-idx1-ubyte', writeIdx(train.targets))
 */
export function writeIdx({ dtype, shape, data }: Value): Uint8Array {
  const [code, type] = [...elementTypes].find(([, known]) => known.dtype === dtype) ?? []
  if (code === undefined || type === undefined || shape.length < 1 || shape.length > 255 || shape.includes(0))
    throw new IdxError({
      who: 'writeIdx',
      problem: 'the format has no such array',
      expected: 'uint8, int32, float32 or float64 with 1 to 255 axes, none empty',
      got: `${dtype} ${formatShape(shape)}`,
    })
  const start = 4 + 4 * shape.length
  const bytes = new Uint8Array(start + data.length * type.bytes)
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, code, shape.length])
  shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length)
  })
  fill(bytes, view, start, type, data)
  return bytes
}

function fill(bytes: Uint8Array, view: DataView, start: number, { bytes: size, write }: ElementType, data: Data): void {
  if (write === undefined) {
    if (data instanceof Uint8Array) bytes.set(data, start)
    return
  }
  for (let i = 0; i < data.length; i++) write(view, start + i * size, Number(data[i]))
}
