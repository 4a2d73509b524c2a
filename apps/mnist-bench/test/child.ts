// Runs the command line as a process of its own, as users do.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `watch` sees stderr as it grows. */
export function bench(
  args: readonly string[],
  cwd: string,
  watch?: (stderr: string, child: ChildProcess) => void,
): Promise<Ended> {
  const env = { ...process.env, INIT_CWD: cwd, NO_COLOR: '1' }
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry, ...args], { cwd, env })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    watch?.(stderr, child)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** What is written to it. */
export class Text extends Writable {
  text = ''
  override _write(chunk: unknown, _: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mnist-bench-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** The folder of the one run in a folder. */
export async function runIn(out: string): Promise<string> {
  const [run, ...others] = await readdir(out)
  if (run === undefined || others.length > 0) throw new Error(`expected one run in ${out}`)
  return join(out, run)
}

/** The files of the one run in a folder, by name. */
export async function filesOfRun(out: string): Promise<Record<string, Buffer>> {
  const run = await runIn(out)
  const names = await readdir(run)
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(run, name))] as const)),
  )
}
