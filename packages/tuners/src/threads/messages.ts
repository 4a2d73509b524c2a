// What the thread of a study and those of its objective tell each other.

import type { Told } from '../study/outcome.ts'
import type { Trial } from '../study/trial.ts'

/** What a thread may ask of its trial. */
export type Call = 'float' | 'int' | 'categorical' | 'suggest' | 'report' | 'shouldPrune' | 'setAttribute'

/** An error in a form that every message can hold. */
export interface Thrown {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
}

export function thrown(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined }
  const { name, message, stack } = error
  return { name, message, stack }
}

export function errorOf({ name, message, stack }: Thrown): Error {
  return Object.assign(new Error(message), { name }, stack === undefined ? {} : { stack })
}

/** To a thread: a trial to run, or what came of a call. */
export type Order =
  | { readonly type: 'trial'; readonly number: number; readonly parameters: Trial['parameters'] }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly error: Thrown }

/** From a thread: a call, or how its trial ended. */
export type Notice =
  | { readonly type: 'call'; readonly id: number; readonly call: Call; readonly args: readonly unknown[] }
  | { readonly type: 'told'; readonly told: Told }
  | { readonly type: 'threw'; readonly error: Thrown }
