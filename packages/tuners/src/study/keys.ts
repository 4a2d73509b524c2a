// Names of attributes: ours, and Optuna's that mean something here.

/** Study: where its random numbers come from; the sampler and pruner it was made with; the plain part of its declared space. */
export const seedKey = 'gradwerk:seed'
export const samplerKey = 'gradwerk:sampler'
export const prunerKey = 'gradwerk:pruner'
export const spaceKey = 'gradwerk:space'

/** Trial: who runs it; the worker that ended without ending it; why it failed; a sampler other than the study's. */
export const workerKey = 'gradwerk:worker'
export const orphanKey = 'gradwerk:orphan'
export const failureKey = 'gradwerk:failure'

/** Trial: how many operations of the log a suggestion had seen. */
export const seenJoint = 'gradwerk:seen'
export const seenSingle = (name: string): string => `${seenJoint}:${name}`

/** Trial: values it is to take; the first trial it repeats, and all it repeats. */
export const fixedKey = 'fixed_params'
export const failedTrialKey = 'failed_trial'
export const retryHistoryKey = 'retry_history'
