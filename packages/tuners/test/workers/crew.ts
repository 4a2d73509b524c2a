// Processes on one journal, to be killed, and what must hold of the journal afterwards.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { journalStorage, replay } from '../../src/index.ts'
import type { SamplerName } from './study-worker.ts'

const script = fileURLToPath(new URL('./study-worker.ts', import.meta.url))

export interface Crew {
  readonly process: ChildProcess
  /** Resolves with the exit code, or the signal that ended it; `text` is what it said of errors. */
  readonly ended: Promise<{ readonly how: number | string | null; readonly text: string }>
}

export function worker(
  path: string,
  limit: 'trials' | 'total',
  count: number,
  pause = 0,
  sampler: SamplerName = 'random',
): Crew {
  const args = [path, limit, String(count), String(pause), sampler]
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let text = ''
  child.stderr?.on('data', (data) => {
    text += data
  })
  return { process: child, ended: once(child, 'close').then(([code, signal]) => ({ how: code ?? signal, text })) }
}

export interface Audit {
  readonly complete: number
  readonly failed: number
  readonly running: number
  readonly waiting: number
  /** Trials that repeat an orphan. */
  readonly retried: number
  /** Parameters recomputed by a replay. */
  readonly replayed: number
  /** What is wrong: nothing lost, nothing doubled, everything replayed. */
  readonly faults: readonly string[]
}

/** Reads a journal and looks for whatever a kill may have broken. */
export function audit(path: string): Audit {
  const faults: string[] = []
  const storage = journalStorage(path)
  const study = storage.state.studyNamed('study')
  const trials = study?.trials ?? []
  const count = (state: string) => trials.filter((trial) => trial.state === state).length
  const lines = readFileSync(path, 'utf8').split('\n')
  if (lines.at(-1) !== '') faults.push('the journal ends in a torn line')
  for (const [i, line] of lines.slice(0, -1).entries()) {
    try {
      JSON.parse(line)
    } catch {
      faults.push(`line ${i + 1} is damaged`)
    }
  }
  const ends = new Map<number, number>()
  for (const operation of storage.operations())
    if (operation.kind === 'state' && operation.state !== 'running')
      ends.set(operation.trial, (ends.get(operation.trial) ?? 0) + 1)
  for (const [trial, times] of ends) if (times > 1) faults.push(`trial ${trial} ended ${times} times`)
  for (const { number, state, values, parameters, intermediate } of trials) {
    if (state !== 'complete') continue
    const x = parameters.get('x')?.internal ?? Number.NaN
    const extra = parameters.get('n')?.internal ?? 0
    if (values?.[0] !== (x - 1) ** 2 + extra) faults.push(`trial ${number} has the value of another`)
    if (intermediate.size !== 2) faults.push(`trial ${number} lost a report`)
  }
  const orphans = trials.filter(({ system }) => system.has('gradwerk:orphan'))
  const retries = trials.filter(({ system }) => system.has('failed_trial'))
  for (const { number, parameters } of orphans) {
    const again = retries.filter(({ system }) => (system.get('retry_history') as number[]).at(-1) === number)
    if (again.length !== 1) faults.push(`orphan ${number} was tried again ${again.length} times`)
    const fixed = again[0]?.system.get('fixed_params') as Record<string, unknown> | undefined
    if (fixed?.['x'] !== parameters.get('x')?.internal) faults.push(`orphan ${number} was tried with other parameters`)
  }
  const { parameters, differences } = replay({ storage })
  if (differences.length > 0) faults.push(`${differences.length} suggestions are not replayed`)
  storage.close()
  return {
    ...{ complete: count('complete'), failed: count('failed'), running: count('running'), waiting: count('waiting') },
    ...{ retried: retries.length, replayed: parameters, faults },
  }
}

/** The longest time, in milliseconds, during which nobody appended to a journal, from the times in it. */
export function longestPause(path: string): number {
  const times = [...readFileSync(path, 'utf8').matchAll(/"datetime_\w+":"([^"]+)"/g)]
    .map(([, time = '']) => new Date(time).getTime())
    .toSorted((a, b) => a - b)
  return Math.max(0, ...times.slice(1).map((time, i) => time - (times[i] ?? time)))
}
