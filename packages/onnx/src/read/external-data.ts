// Tensors whose numbers lie in other files beside the model, as ONNX's external data has it: location, offset, length.

import { DataError, show } from '@gradwerk/core'
import type { TensorProto } from '../generated/onnx_pb.ts'

/** Bytes that are read in parts; a `Blob` or a `File` is one. */
export interface ExternalFile {
  readonly size: number
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

/** Finds a file beside the model by its location: a relative path with `/`, without `..`. */
export type ExternalFiles = (location: string) => ExternalFile | Promise<ExternalFile>

function refuse(tensor: TensorProto, problem: string, expected?: string, got?: string): never {
  throw new DataError({
    who: `tensor '${tensor.name}'`,
    problem,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  })
}

/** Throws a DataError for a path that could lead out of the model's folder, on any system. */
function checkLocation(tensor: TensorProto, location: string): void {
  const parts = location.split('/')
  // Backslashes separate in Windows; a colon begins a drive, a stream or a scheme.
  const plain = ![...location].some((c) => c === '\\' || c === ':' || c < ' ')
  if (plain && parts.every((part) => part !== '' && part !== '.' && part !== '..')) return
  refuse(tensor, 'its external data is not in a file beside the model', 'a relative path without ..', show(location))
}

function wholeNumber(tensor: TensorProto, key: string, text: string): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  return refuse(tensor, `the ${key} of its external data is not valid`, 'a whole number from 0', show(text))
}

/** The bytes of a tensor that is stored outside of the model, of which `expected` are needed. Nothing is read before all is checked. */
export async function readExternal(
  tensor: TensorProto,
  expected: number,
  files: ExternalFiles | undefined,
): Promise<Uint8Array> {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]))
  if (entries.size !== tensor.externalData.length) refuse(tensor, 'its external data says something twice')
  const location = entries.get('location') ?? ''
  checkLocation(tensor, location)
  const offset = wholeNumber(tensor, 'offset', entries.get('offset') ?? '0')
  const length = wholeNumber(tensor, 'length', entries.get('length') ?? String(expected))
  if (length !== expected)
    refuse(tensor, 'its external data does not fill its shape', `${expected} bytes`, String(length))
  if (files === undefined)
    throw new DataError({
      who: `tensor '${tensor.name}'`,
      problem: `its numbers are in the file ${show(location)}, which was not given`,
      hint: "readOnnx(path) of '@gradwerk/onnx/node', or { bytes, external }",
    })
  const file = await files(location)
  if (offset + length > file.size)
    refuse(
      tensor,
      `its external data ends behind the file ${show(location)}`,
      `at most ${file.size} bytes`,
      String(offset + length),
    )
  const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer())
  if (bytes.length === length) return bytes
  return refuse(tensor, `the file ${show(location)} could not be read`, `${length} bytes`, String(bytes.length))
}
