export { graphAttribute } from './attributes.ts'
export { checkModel } from './check.ts'
export {
  exportedClass,
  exportedInput,
  exportedOutput,
  exportedProbabilities,
  type Postprocessing,
} from './export-graph.ts'
export {
  type ExportFilesOptions,
  type ExportOptions,
  exportOnnx,
  exportOnnxFiles,
  onnxExporter,
} from './export-onnx.ts'
export {
  type ExportedTrainingStep,
  exportTrainingStep,
  type TrainingStepOptions,
} from './export-training-step.ts'
export { type ExportedExpressions, exportedExpressions, withOutputs } from './exported-expressions.ts'
export { GraphBuilder, Names } from './graph-builder.ts'
export { type ImportOptions, importOnnx } from './import-onnx.ts'
export {
  type LoadWeightsOptions,
  loadWeights,
  type UntrainedModel,
  type WeightMapping,
  type WeightSource,
} from './load-weights.ts'
export { graphInputs, type Lowered, type Lowering, lowerExpressions, type Rewrite, type Surroundings } from './lower.ts'
export { type LowerOptions, lowerProgram, nextName } from './lower-program.ts'
export type { ModelMetadata } from './metadata.ts'
export { encodeModel, type ModelFacts } from './model.ts'
export { defaultOpset, newestOpset, oldestOpset } from './opset.ts'
export { decodeModel } from './read/decode.ts'
export { embedExternal } from './read/embed.ts'
export type { ExternalFile, ExternalFiles } from './read/external-data.ts'
export type { OnnxFile } from './read/onnx-file.ts'
