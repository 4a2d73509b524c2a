export {
  type ImportanceOptions,
  type Importances,
  type Interaction,
  type ParameterImportance,
  parameterImportances,
} from './analysis/importance.ts'
export type { AnalyzedStudy, Target } from './analysis/observed.ts'
export type { Json } from './json.ts'
export { type HistoryPoint, intermediateValues, optimizationHistory, type Reports } from './plots/history.ts'
export {
  type Contour,
  contour,
  type ParallelCoordinates,
  type PlotAxis,
  type PlotOptions,
  parallelCoordinates,
  type Slice,
  slices,
} from './plots/parameters.ts'
export * from './pruners/index.ts'
export * from './samplers/index.ts'
export { checkDistribution, compatible, contains, fromInternal, isSingle, toInternal } from './space/distribution.ts'
export { type TunableSpace, type Tunables, tunableSpace } from './space/from-plugins.ts'
export {
  categorical,
  type Domain,
  defineSpace,
  type Entry,
  type FloatRange,
  float,
  type IntRange,
  int,
  type ParametersOf,
  type Space,
} from './space/space.ts'
export { drawUniform, fromUnit, toUnit } from './space/unit.ts'
export { JournalError } from './storage/journal/errors.ts'
export { type JournalOptions, journalStorage } from './storage/journal/journal.ts'
export { memoryStorage } from './storage/memory.ts'
export type { Storage } from './storage/storage.ts'
export { StudyError, TrialError, TrialPruned } from './study/errors.ts'
export { deleteStudy, loadStudy, studyNames } from './study/loading.ts'
export type { Optimized, OptimizeOptions, StopReason, StudyCallback } from './study/optimize.ts'
export type { Told } from './study/outcome.ts'
export { type Difference, type Replay, type ReplayOptions, replay } from './study/replay.ts'
export { createStudy, type DeclaredStudy, type Study, type StudyOptions } from './study/study.ts'
export type { Trial } from './study/trial.ts'
export type { StudyTrial } from './study/view.ts'
export { type ObjectiveThreads, objectiveThreads } from './threads/objective-threads.ts'
export { type RemoteTrial, serveObjective } from './threads/serve.ts'
