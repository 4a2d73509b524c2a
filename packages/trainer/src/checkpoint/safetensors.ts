// The safetensors layout: an 8-byte little-endian header length, a JSON header, the tensors' bytes. A SHA-256 over everything but itself
// stands in the header's metadata, since a damaged file would otherwise be read without complaint.

import { createHash } from 'node:crypto'
import { type DType, dataConstructors, sizeOf, type Value, type Values } from '@gradwerk/core'
import { z } from 'zod'
import { CheckpointError } from '../errors.ts'

const codes: Readonly<Record<DType, string>> = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  uint32: 'U32',
  bool: 'BOOL',
}
const dtypeOf = new Map(Object.entries(codes).map(([dtype, code]) => [code, dtype as DType]))
const checksumKey = 'sha256'
const alignment = 8

const headerSchema = z.object({ __metadata__: z.record(z.string(), z.string()) }).catchall(
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
)

export interface TensorFile {
  readonly tensors: Values
  readonly metadata: Readonly<Record<string, string>>
}

function bytesOf({ data }: Value): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** The header as bytes, filled with spaces so that the tensors begin at a multiple of 8. */
function headerBytes(header: object): Buffer {
  const text = Buffer.from(JSON.stringify(header))
  const filled = Math.ceil(text.length / alignment) * alignment
  return Buffer.concat([text, Buffer.alloc(filled - text.length, ' ')])
}

function digest(header: object, body: Uint8Array): string {
  return createHash('sha256').update(JSON.stringify(header)).update(body).digest('hex')
}

/** Writes tensors and metadata. Tensors of 8-byte elements come first, so that every tensor is aligned to its element. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const size = ({ data }: Value) => data.BYTES_PER_ELEMENT
  const entries = Object.entries(tensors).sort(([, a], [, b]) => size(b) - size(a))
  let offset = 0
  const described = entries.map(([name, value]) => {
    const start = offset
    offset += value.data.byteLength
    return [name, { dtype: codes[value.dtype], shape: value.shape, data_offsets: [start, offset] }] as const
  })
  const body = Buffer.concat(entries.map(([, value]) => bytesOf(value)))
  const header = { __metadata__: metadata, ...Object.fromEntries(described) }
  const text = headerBytes({ ...header, __metadata__: { ...metadata, [checksumKey]: digest(header, body) } })
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return new Uint8Array(Buffer.concat([length, text, body]))
}

function refuse(who: string, problem: string, expected: string, got?: string): never {
  throw new CheckpointError({
    who,
    problem,
    expected,
    ...(got === undefined ? {} : { got }),
    hint: 'an earlier checkpoint',
  })
}

function readHeader(who: string, bytes: Uint8Array): { header: z.output<typeof headerSchema>; body: Uint8Array } {
  if (bytes.length < 8) refuse(who, 'the file is too short for a header', 'at least 8 bytes', String(bytes.length))
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > bytes.length - 8)
    refuse(who, 'the file ends inside its header', `${length} bytes of header`, String(bytes.length - 8))
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)))
    return { header: headerSchema.parse(json), body: bytes.subarray(8 + length) }
  } catch {
    return refuse(who, 'the header is damaged', 'safetensors JSON')
  }
}

/** Reads what `encodeSafetensors` wrote. Throws a CheckpointError for a file that is truncated or changed in any bit. */
export function decodeSafetensors(who: string, bytes: Uint8Array): TensorFile {
  const { header, body } = readHeader(who, bytes)
  const { __metadata__: all, ...entries } = header
  const { [checksumKey]: checksum, ...metadata } = all
  if (checksum !== digest({ ...header, __metadata__: metadata }, body))
    refuse(who, 'the checksum does not match: the file is truncated or damaged', String(checksum))
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype: code,
        shape,
        data_offsets: [start, end],
      },
    ]) => {
      const dtype = dtypeOf.get(code)
      if (dtype === undefined)
        return refuse(who, `tensor '${name}' has an unknown element type`, [...dtypeOf.keys()].join(', '), code)
      const data = new dataConstructors[dtype](sizeOf(shape))
      if (end - start !== data.byteLength || end > body.length)
        refuse(who, `tensor '${name}' does not fill its shape`, `${data.byteLength} bytes`, String(end - start))
      new Uint8Array(data.buffer).set(body.subarray(start, end))
      return [name, { dtype, shape, data }] as const
    },
  )
  return { tensors: Object.fromEntries(tensors), metadata }
}
