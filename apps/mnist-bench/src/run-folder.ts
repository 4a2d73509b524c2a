// The folder of a run: what it finds is written as it is found, each file whole or not at all.

import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, writeAtomically } from '@gradwerk/trainer'
import { RunError } from './errors.ts'

export interface RunFolder {
  readonly path: string
  /** Writes texts by file name, in this order. One call waits for the other. */
  save(files: Readonly<Record<string, string>>): Promise<void>
  /** Takes it away again, if nothing was written. */
  discard(): Promise<void>
}

/** Makes `<out>/<date and preset>`, under a name that is not taken. Throws a RunError for a folder that cannot be written to. */
export async function createRunFolder(out: string, preset: string, began: Date): Promise<RunFolder> {
  const stamp = began.toISOString().slice(0, 19).replaceAll(':', '-')
  const path = await makeNew(out, `${stamp}-${preset}`)
  return folderAt(path)
}

/** The folder of a run that was begun before. */
export function folderAt(path: string): RunFolder {
  let last: Promise<void> = Promise.resolve()
  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) await writeAtomically(join(path, name), text)
  }
  return {
    path,
    save(files) {
      last = last.then(() => write(files))
      return last
    },
    discard: () => rmdir(path).catch(() => undefined),
  }
}

async function makeNew(out: string, name: string): Promise<string> {
  try {
    await makeFolder(out)
    for (let again = 1; ; again++) {
      const path = join(out, again === 1 ? name : `${name}-${again}`)
      if (await makeOne(path)) return path
    }
  } catch (cause) {
    throw new RunError({
      who: out,
      problem: `the folder cannot be written to (${cause instanceof Error ? cause.message : cause})`,
      hint: 'another folder with --out',
      cause,
    })
  }
}

/** False where there already is something of that name. */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
