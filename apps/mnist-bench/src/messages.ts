// What the main thread and the workers tell each other.

import type { EpochRecord } from '@gradwerk/core'
import type { Samples } from './samples.ts'
import type { TrialRequest } from './trial.ts'

/** What a worker starts with. */
export interface WorkerData {
  readonly samples: Samples
  /** Of ONNX Runtime. */
  readonly threads: number
  /** Int32 [1]: anything but 0 ends the trial under way after its current call of the backend. */
  readonly stop: SharedArrayBuffer
}

export interface TrialOrder {
  readonly request: TrialRequest
  /** Training images other than those of the start. */
  readonly train?: Samples['train'] | undefined
}

/** Why a trial has no figures. */
export interface TrialFailure {
  readonly problem: string
  /** Where a loss was not finite. */
  readonly step?: number
  readonly epoch?: number
}

/** What became of a trial. */
export type Settled<Outcome> =
  | { readonly type: 'finished'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly failure: TrialFailure }
  | { readonly type: 'interrupted' }

export type WorkerMessage<Outcome> =
  | { readonly type: 'progress'; readonly done: number; readonly record?: EpochRecord | undefined }
  | Settled<Outcome>
