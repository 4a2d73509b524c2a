// What can go wrong before and around the trials.

import { GradwerkError } from '@gradwerk/core'

/** Something in the command line that cannot be done: an unknown name, a number out of range. Exit code 2. */
export class UsageError extends GradwerkError {
  override readonly name = 'UsageError'
}

/** A run that gave nothing: every trial failed. Exit code 1. */
export class RunError extends GradwerkError {
  override readonly name = 'RunError'
}

/** A worker thread that ended by itself. */
export class WorkerError extends GradwerkError {
  override readonly name = 'WorkerError'
}

/** A trial of a search that was stopped from outside, and is to be tried again when the search goes on. */
export class InterruptionError extends GradwerkError {
  override readonly name = 'InterruptionError'
}
