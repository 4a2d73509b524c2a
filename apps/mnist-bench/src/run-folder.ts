// The folder of a run: what it finds is written as it is found, each file whole or not at all.

import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, writeAtomically } from '@gradwerk/trainer'
import { RunError } from './errors.ts'
import type { Summary } from './summary.ts'

export interface RunFolder {
  readonly path: string
  /** One write waits for the other. */
  save(summary: Summary, epochLines: string): Promise<void>
  /** Takes it away again, if nothing was written. */
  discard(): Promise<void>
}

/** Makes `<out>/<date and preset>`, under a name that is not taken. Throws a RunError for a folder that cannot be written to. */
export async function createRunFolder(out: string, preset: string, began: Date): Promise<RunFolder> {
  const stamp = began.toISOString().slice(0, 19).replaceAll(':', '-')
  const path = await makeNew(out, `${stamp}-${preset}`)
  let last: Promise<void> = Promise.resolve()
  const write = async (summary: Summary, epochLines: string) => {
    await writeAtomically(join(path, 'epochs.jsonl'), epochLines)
    await writeAtomically(join(path, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
  }
  return {
    path,
    save(summary, epochLines) {
      last = last.then(() => write(summary, epochLines))
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
