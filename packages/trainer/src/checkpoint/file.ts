// Writing a file so that either the old or the new one is there, whatever happens.

import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CheckpointError } from '../errors.ts'

/** Makes a folder and those above it. Node's own recursive mkdir never returns for some folders that cannot be made (in /proc). */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path)
  } catch (error) {
    const parent = dirname(path)
    if (!hasCode(error, 'ENOENT') || parent === path) throw error
    await makeFolder(parent)
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST') && !(await isFolder(path))) throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

let written = 0

/** Writes to a temporary file beside the target, syncs it, and renames it. Throws a CheckpointError naming the path. */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${written++}.tmp`
  try {
    await makeFolder(dirname(path))
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
