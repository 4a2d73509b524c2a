// The lock of a journal: the file `<journal>.lock`, which Optuna's locks of both kinds exclude and are excluded by.

import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { JournalError } from './errors.ts'
import type { Presence } from './presence.ts'
import { type Holder, isDead, parseHolder } from './process.ts'

export interface LockOptions {
  /** Seconds after which a lock that nobody has touched is broken, whoever holds it. */
  readonly gracePeriod: number
}

const cell = new Int32Array(new SharedArrayBuffer(4))
function sleep(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds)
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

/** On Windows a file that another process has open refuses to be replaced for a moment. */
const busy: readonly (string | undefined)[] = process.platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : []
const withoutLinks: readonly (string | undefined)[] = ['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EPERM']

/**
 * Makes a file that says who made it, whole from its first moment; false if there is one. It is a hard link to the worker's own
 * file: a process that is killed meanwhile leaves no lock that nobody can be asked about. Where links do not exist it is written.
 */
function claim(path: string, presence: Presence, holder: Holder): boolean {
  try {
    linkSync(presence.file(), path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST' || busy.includes(code)) return false
    // The worker's file was tidied away between two calls.
    if (code === 'ENOENT') return false
    if (!withoutLinks.includes(code)) throw error
  }
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

interface Seen {
  /** Changes whenever the lock is taken anew, and with its holder's heartbeat. */
  readonly identity: string
  /** Nothing is known of the holder of a foreign lock. */
  readonly holder: Holder | undefined
}

/** The lock as it stands. A link of Optuna's is looked at, not followed: it may dangle, or lead to the journal. */
function look(path: string): Seen | undefined {
  try {
    const { ino, ctimeNs, size } = lstatSync(path, { bigint: true })
    const regular = lstatSync(path).isFile() && size < 4096n
    return { identity: `${ino} ${ctimeNs}`, holder: regular ? parseHolder(readFileSync(path, 'utf8')) : undefined }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (busy.includes(codeOf(error))) return { identity: '', holder: undefined }
    throw error
  }
}

function remove(path: string, worker: string): void {
  // By way of another name, as Optuna does: of several that rename one file, one succeeds.
  const aside = `${path}.${worker.replace(/[^\w.-]/g, '_')}.rename`
  try {
    renameSync(path, aside)
    rmSync(aside, { force: true })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && !busy.includes(codeOf(error))) throw error
  }
}

export interface Lock {
  /** Does something while no other process appends. `check` throws if the lock was lost meanwhile. */
  hold<T>(work: (check: () => void) => T): T
}

export function lockOf(path: string, presence: Presence, holder: Holder, { gracePeriod }: LockOptions): Lock {
  const mutex = `${path}.breaking`

  /** Removes a lock that is still the one seen. One breaker at a time, so that none removes the lock that follows it. */
  const breakLock = (seen: Seen): void => {
    if (!claim(mutex, presence, holder)) {
      const breaker = look(mutex)
      if (breaker?.holder !== undefined && isDead(breaker.holder)) rmSync(mutex, { force: true })
      return
    }
    try {
      if (look(path)?.identity === seen.identity) remove(path, holder.worker)
    } finally {
      rmSync(mutex, { force: true })
    }
  }

  const acquire = (): void => {
    let wait = 1
    let last: Seen | undefined
    let since = performance.now()
    while (!claim(path, presence, holder)) {
      const seen = look(path)
      if (seen === undefined) continue
      if (seen.identity !== last?.identity) since = performance.now()
      last = seen
      const stale = performance.now() - since > gracePeriod * 1000
      if (stale || (seen.holder !== undefined && isDead(seen.holder))) breakLock(seen)
      else sleep(wait)
      wait = Math.min(50, wait * 2)
    }
  }

  const isOurs = () => look(path)?.holder?.worker === holder.worker

  return {
    hold(work) {
      acquire()
      try {
        return work(() => {
          if (isOurs()) return
          throw new JournalError({
            who: `lock ${path}`,
            problem: `another process took it, since nothing had happened for ${gracePeriod} s`,
            hint: 'a longer gracePeriod',
          })
        })
      } finally {
        if (isOurs()) remove(path, holder.worker)
      }
    },
  }
}
