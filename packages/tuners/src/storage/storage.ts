// Where studies live: a log that only grows, and what it amounts to.

import type { Change, Operation } from './operation.ts'
import type { Applied, StorageState } from './state.ts'

export interface Storage {
  /** Who appends here: no two live workers have the same name. */
  readonly worker: string
  /** Seconds between two signs of life; undefined where all workers end together. */
  readonly heartbeat: number | undefined
  /** What the log amounts to, as far as it was read. */
  readonly state: StorageState
  /** Reads what others have appended. */
  sync(): void
  /**
   * Appends changes together, after reading what others did before; the outcome of each. A function is called when the state is up to
   * date and nobody else can append, and decides what to append.
   */
  append(changes: readonly Change[] | (() => readonly Change[])): readonly Applied[]
  /** The log from the beginning, as far as it was read. */
  operations(): Iterable<Operation>
  /** Lets others know from now on that this worker lives. */
  beat(): void
  /** Whether a worker that let others know has ended. */
  isGone(worker: string): boolean
  /** Ends what this storage keeps going, such as its heartbeat. */
  close(): void
}
