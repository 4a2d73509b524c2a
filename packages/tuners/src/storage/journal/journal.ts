// A storage in one file that many processes of a host append to, in the format of Optuna's JournalStorage.

import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { threadId } from 'node:worker_threads'
import { parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import type { Change, Operation } from '../operation.ts'
import { type Applied, StorageState } from '../state.ts'
import type { Storage } from '../storage.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { JournalError } from './errors.ts'
import { beginning, createIfMissing, readOn, writeAt } from './file.ts'
import { lockOf } from './lock.ts'
import { presenceOf } from './presence.ts'
import { holderOf } from './process.ts'
import { parsePythonJson } from './python-json.ts'
import { type TimeForm, timeForm } from './time.ts'

const schema = z.strictObject({
  heartbeat: z.number().positive().max(3600).default(5).meta({ description: 'seconds between two heartbeats' }),
  gracePeriod: z.number().positive().default(30).meta({
    description: 'seconds after which an untouched lock is broken whose holder cannot be asked',
  }),
})

export interface JournalOptions {
  /**
   * Seconds between two signs of life of this worker. Who misses two is taken for dead, and its trials end as failed; a process of this
   * host that has ended is so at once, one that lives after 5 s at the earliest. Above 0, at most 3600. Default 5.
   */
  readonly heartbeat?: number
  /** Seconds after which a lock that nobody has touched is broken; the lock of a process that has ended is broken at once; > 0. Default 30. */
  readonly gracePeriod?: number
}

/** The form of the last time in a log. */
function formAfter(operation: Operation, form: TimeForm): TimeForm {
  if (operation.kind === 'createTrial') return timeForm(operation.whole?.completed ?? operation.started) ?? form
  return operation.kind === 'state' ? (timeForm(operation.time) ?? form) : form
}

/** What must survive a power failure: studies, and beginnings and ends of trials. Parameters and reports go with them. */
const lasting: readonly Change['kind'][] = ['createStudy', 'deleteStudy', 'createTrial', 'state']

/**
 * A journal: `createStudy({ storage: journalStorage('study.log') })`. The file opens in Optuna (JournalStorage with a
 * JournalFileBackend) and its dashboard, and one of Optuna's continues here; programs of both kinds may append at once.
 *
 * A file that does not exist is created. A torn last line, as a killed process leaves it, is ignored and cut off by the next append.
 * Throws a JournalError for a file that cannot be opened, and for a damaged line before the last one, naming its number and byte, and never
 * writes to such a file.
 */
export function journalStorage(path: string, options: JournalOptions = {}): Storage {
  const { heartbeat, gracePeriod } = parseOptions('journalStorage', schema, options)
  const file = resolve(path)
  const worker = `${randomUUID()}-${threadId}`
  const holder = holderOf(worker, heartbeat)
  const presence = presenceOf(`${file}.heartbeats`, holder)
  const lock = lockOf(`${file}.lock`, presence, holder, { gracePeriod })
  const state = new StorageState()
  let place = beginning
  let form: TimeForm = 'local'

  const apply = (operation: Operation): Applied => {
    form = formAfter(operation, form)
    return state.apply(operation)
  }
  const readNew = (): void => {
    const read = readOn(file, place)
    for (const operation of read.operations) apply(operation)
    place = read.place
  }
  const sync = (): void => {
    try {
      readNew()
    } catch (error) {
      if (!(error instanceof JournalError) || error.line === undefined) throw error
      // Perhaps another process was just cutting a torn tail: look again while nobody writes.
      lock.hold(readNew)
    }
  }

  createIfMissing(file)
  readNew()
  return {
    worker,
    heartbeat,
    state,
    sync,
    append: (changes) =>
      lock.hold((check) => {
        readNew()
        const now = typeof changes === 'function' ? changes() : changes
        if (now.length === 0) return []
        const lines = now.map((change) => encode({ ...change, worker }, form))
        const operations = lines.map((line) => decode(parsePythonJson(line)))
        const text = lines.map((line) => `${line}\n`).join('')
        check()
        writeAt(
          file,
          place,
          text,
          now.some(({ kind }) => lasting.includes(kind)),
        )
        place = { lines: place.lines + lines.length, byte: place.byte + Buffer.byteLength(text) }
        return operations.map(apply)
      }),
    operations: () => readOn(file, beginning).operations.slice(0, state.position),
    beat: presence.beat,
    isGone: presence.isGone,
    close: presence.close,
  }
}
