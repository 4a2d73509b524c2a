// What goes wrong in a study.

import { GradwerkError, OptionError } from '@gradwerk/core'

/** A study or trial that cannot do what is asked of it. */
export class StudyError extends GradwerkError {
  override readonly name: string = 'StudyError'
}

/** An objective that threw; the cause is what it threw. */
export class TrialError extends GradwerkError {
  override readonly name: string = 'TrialError'
}

/** Thrown by `trial.prune()`, and caught by the study: the trial ends as pruned. */
export class TrialPruned extends GradwerkError {
  override readonly name: string = 'TrialPruned'
}

/** The OptionErrors that studies threw. An objective may throw others: a layer, for example, that refuses what was suggested. */
const refusals = new WeakSet<object>()

/** Runs what a study does for an objective, and remembers an OptionError that it throws as one of the study. */
export function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof OptionError) refusals.add(error)
    throw error
  }
}

export function isRefusal(error: unknown): boolean {
  return error instanceof OptionError && refusals.has(error)
}
