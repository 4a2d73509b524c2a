// The state that progress is shown from: what waits, runs and is done, and how long it may still take.

import type { EpochRecord } from '@gradwerk/core'
import type { Figures } from '../trial.ts'

export interface Entry {
  /** The configuration, or 'final'. */
  readonly group: string
  seed: number
  readonly epochs: number
  /** About how much work it is, in any unit. */
  readonly work: number
  state: 'waiting' | 'running' | 'finished' | 'pruned' | 'failed' | 'interrupted'
  /** The part that is done, 0 to 1. */
  done: number
  record?: EpochRecord | undefined
  figures?: Figures | undefined
}

/** All trials of a run; times in seconds since its start. */
export class Board {
  readonly entries: Entry[] = []
  readonly workers: number
  readonly #clock: () => number

  /** `clock` gives seconds since the start. */
  constructor(workers: number, clock: () => number) {
    this.workers = workers
    this.#clock = clock
  }

  add(entry: Pick<Entry, 'group' | 'seed' | 'epochs' | 'work'>): Entry {
    const added: Entry = { ...entry, state: 'waiting', done: 0 }
    this.entries.push(added)
    return added
  }

  get elapsed(): number {
    return this.#clock()
  }

  get settled(): number {
    return this.entries.filter(({ state }) => state !== 'waiting' && state !== 'running').length
  }

  /** The part of all work that is done, 0 to 1. */
  get done(): number {
    const total = this.entries.reduce((sum, { work }) => sum + work, 0)
    return total === 0 ? 0 : this.#finishedWork / total
  }

  /** Seconds that are left, by the speed so far; undefined while nothing is known. */
  get left(): number | undefined {
    const finished = this.#finishedWork
    if (finished === 0 || this.elapsed < 2) return undefined
    const speed = finished / this.elapsed
    const rest = this.entries.map(({ work, ...entry }) => work * (1 - progressOf(entry)))
    const together = rest.reduce((sum, work) => sum + work, 0) / speed
    // The longest trial runs on one worker, however many there are.
    const longest = Math.max(0, ...rest) / (speed / Math.min(this.workers, this.entries.length))
    return Math.max(together, longest)
  }

  get #finishedWork(): number {
    return this.entries.reduce((sum, { work, ...entry }) => sum + work * progressOf(entry), 0)
  }
}

function progressOf({ state, done }: Pick<Entry, 'state' | 'done'>): number {
  if (state === 'waiting') return 0
  return state === 'running' ? done : 1
}
