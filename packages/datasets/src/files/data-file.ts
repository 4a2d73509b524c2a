// A data file as it is known before it is read, and the check that it is the one.

import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { asError, ChecksumError } from '../errors.ts'

const gunzipAsync = promisify(gunzip)

/** A data file: its name without `.gz`, its size and its SHA-256, both decompressed. */
export interface DataFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export function isGzip(content: Uint8Array): boolean {
  return content[0] === 0x1f && content[1] === 0x8b
}

/** What the content came from (a path or an address), and what to do when it is wrong. */
export interface Origin {
  readonly where: string
  readonly hint: string
}

/** The decompressed content of a file, if it is the known one. Throws a ChecksumError. */
export async function verify(content: Uint8Array, file: DataFile, origin: Origin): Promise<Uint8Array> {
  const { where: who, hint } = origin
  const plain = isGzip(content) ? await decompress(content, file, origin) : content
  const got = createHash('sha256').update(plain).digest('hex')
  if (got === file.sha256) return plain
  throw new ChecksumError({
    who,
    problem: `this is not the file ${file.name}`,
    expected: `SHA-256 ${file.sha256} (${file.bytes} bytes)`,
    got: `${got} (${plain.length} bytes)`,
    hint,
  })
}

async function decompress(content: Uint8Array, file: DataFile, { where, hint }: Origin): Promise<Uint8Array> {
  try {
    // One byte more than expected is enough to see that it is too long.
    return await gunzipAsync(content, { maxOutputLength: file.bytes + 1 })
  } catch (thrown) {
    const cause = asError(thrown)
    throw new ChecksumError({
      who: where,
      problem: `this is not the file ${file.name}`,
      expected: `gzip of ${file.bytes} bytes with SHA-256 ${file.sha256}`,
      got: `${content.length} bytes that do not decompress to that (${cause.message})`,
      hint,
      cause,
    })
  }
}
