// What can go wrong with data files.

import { type ErrorFacts, GradwerkError } from '@gradwerk/core'

/** A file that is not in the IDX format, or not wholly. */
export class IdxError extends GradwerkError {
  override readonly name = 'IdxError'
}

/** A file whose content is not what it should be. */
export class ChecksumError extends GradwerkError {
  override readonly name = 'ChecksumError'
}

/** A mirror that did not give a file, and why. */
export interface FailedAttempt {
  readonly url: string
  readonly error: Error
}

/** A dataset that is neither on this machine nor to be had from the network. `attempts` tells what each mirror answered. */
export class DatasetUnavailableError extends GradwerkError {
  override readonly name = 'DatasetUnavailableError'
  readonly attempts: readonly FailedAttempt[]
  constructor(facts: ErrorFacts, attempts: readonly FailedAttempt[] = []) {
    super(facts)
    this.attempts = attempts
  }
}

/** Anything thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
