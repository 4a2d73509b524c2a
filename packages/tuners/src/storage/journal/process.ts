// Which process is which, and whether it lives: by its number, and where the system tells, by when it was started.

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'

/** Who holds a lock or a trial. */
export interface Holder {
  readonly worker: string
  readonly pid: number
  readonly thread: number
  /** Machine, and on Linux the namespace of process numbers: the same number elsewhere is another process. */
  readonly host: string
  /** Start of the process, so that a number used again is not taken for it; null where the system does not tell. */
  readonly started: string | null
  /** Seconds between two heartbeats. */
  readonly interval: number
}

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** Starts of processes are counted from here. */
const boot = orElse(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), '')

const thisHost = `${hostname()} ${orElse(() => readlinkSync('/proc/self/ns/pid'), '')}`.trim()

/** State and start of a process from `/proc/<pid>/stat`: the third and the 22nd field. The second, its name, may hold spaces. */
function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const stat = orElse(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), undefined)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, start] = [fields?.[0], fields?.[19]]
  if (state === undefined || start === undefined) return undefined
  return { state, started: `${boot} ${start}` }
}

export function holderOf(worker: string, interval: number): Holder {
  const { pid } = process
  return { worker, pid, thread: threadId, host: thisHost, started: statOf(pid)?.started ?? null, interval }
}

/** What a lock or heartbeat file says; undefined for one that was not written here. */
export function parseHolder(text: string): Holder | undefined {
  const parsed: unknown = orElse(() => JSON.parse(text), undefined)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { worker, pid, thread, host, started, interval } = parsed as Partial<Record<keyof Holder, unknown>>
  if (typeof worker !== 'string' || typeof host !== 'string' || typeof interval !== 'number') return undefined
  if (typeof pid !== 'number' || typeof thread !== 'number') return undefined
  return { worker, pid, thread, host, interval, started: typeof started === 'string' ? started : null }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether the process of a holder is known to live. */
export function lives(holder: Holder): boolean {
  return holder.host === thisHost && !isDead(holder)
}

/** Whether the process of a holder is known to have ended. Of another machine nothing is known. */
export function isDead({ pid, host, started }: Holder): boolean {
  if (host !== thisHost) return false
  if (!exists(pid)) return true
  const stat = statOf(pid)
  if (stat === undefined) return false
  return stat.state === 'Z' || stat.state === 'X' || (started !== null && stat.started !== started)
}
