export {
  type CallbackState,
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type RunIdentity,
} from './checkpoint/checkpoint.ts'
export { makeFolder, writeAtomically } from './checkpoint/file.ts'
export { decodeSafetensors, encodeSafetensors, type TensorFile } from './checkpoint/safetensors.ts'
export * from './errors.ts'
export { type FindLearningRateOptions, findLearningRate, type LearningRateSweep } from './find-learning-rate.ts'
export type { ConstraintRule, ParameterMatcher, RegularizerRule } from './matching.ts'
export {
  type MonteCarloClassification,
  type MonteCarloOptions,
  monteCarlo,
  monteCarloClassification,
} from './monte-carlo.ts'
export type { FitOptions, TrainerOptions } from './options.ts'
export type { Spread } from './random-passes.ts'
export { type RecomputeOptions, recomputeStatistics } from './recompute-statistics.ts'
export {
  type BestCheckpointOptions,
  bestCheckpoint,
  type CheckpointOptions,
  checkpoint,
} from './reporting/checkpoint.ts'
export { type Histogram, type HistogramsOptions, histogramOf, histograms } from './reporting/histograms.ts'
export { csvLog, jsonLinesLog, type LogOptions } from './reporting/history-log.ts'
export { type LearningRateMonitorOptions, learningRateMonitor } from './reporting/learning-rate-monitor.ts'
export { type ProgressLineOptions, progressLine } from './reporting/progress-line.ts'
export { terminateOnNaN } from './reporting/terminate-on-nan.ts'
export { type TimerOptions, timer } from './reporting/timer.ts'
export { type StepOptions, type StepProgram, stepProgram } from './step-program.ts'
export { defaultStepsPerCall } from './steps-per-call.ts'
export { type Run, Trainer } from './trainer.ts'
export type { ProgramOptions } from './training-step.ts'
