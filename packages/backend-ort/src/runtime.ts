// The part of ONNX Runtime that the backend uses, so that the Node and the web builds fit behind it.

import type { Values } from '@gradwerk/core'

export interface SessionSettings {
  readonly threads: number
  /** How long an idle thread waits busily for work before it sleeps; 0 sleeps at once. */
  readonly spinMicroseconds: number
  /** Writes a profile of every node to files that start with this path. */
  readonly profilePath?: string
}

export interface RuntimeSession {
  /** Runs the model. Feeds are read until the promise settles. */
  run(feeds: Values): Promise<Values>
  /** Ends profiling and frees the session's memory. */
  release(): Promise<void>
}

export interface Runtime {
  readonly version: string
  createSession(model: Uint8Array, settings: SessionSettings): Promise<RuntimeSession>
}
