// What goes wrong in a study.

import { GradwerkError } from '@gradwerk/core'

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
