export {
  type CallbackState,
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type RunIdentity,
} from './checkpoint/checkpoint.ts'
export { makeFolder, writeAtomically } from './checkpoint/file.ts'
export { decodeSafetensors, encodeSafetensors, type TensorFile } from './checkpoint/safetensors.ts'
export { type CheckpointOptions, checkpoint } from './checkpoint-callback.ts'
export * from './errors.ts'
export { type FindLearningRateOptions, findLearningRate, type LearningRateSweep } from './find-learning-rate.ts'
export type { ParameterMatcher, RegularizerRule } from './matching.ts'
export type { FitOptions, TrainerOptions } from './options.ts'
export { type RecomputeOptions, recomputeStatistics } from './recompute-statistics.ts'
export { type StepOptions, type StepProgram, stepProgram } from './step-program.ts'
export { defaultStepsPerCall } from './steps-per-call.ts'
export { type Run, Trainer } from './trainer.ts'
