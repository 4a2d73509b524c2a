// Writing a file so that either the old or the new one is there, whatever happens.

import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CheckpointError } from '../errors.ts'

let written = 0

/** Writes to a temporary file beside the target, syncs it, and renames it. Throws a CheckpointError naming the path. */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${written++}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new CheckpointError({
      who: path,
      problem: 'the file cannot be written',
      expected: 'a writable folder',
      got: String(cause),
      cause,
    })
  }
}
