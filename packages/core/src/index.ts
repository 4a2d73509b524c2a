export type * from './contracts/index.ts'
export * from './data/figures.ts'
export * from './data/order.ts'
export { type Split, stratifiedSplit, stratifiedTake } from './data/split.ts'
export * from './errors.ts'
export { refuseAnswer, tensorOf, tensorsOf } from './model/answers.ts'
export * from './model/initialize.ts'
export * from './model/model.ts'
export * from './model/paths.ts'
export * from './model/scope.ts'
export * from './model/trace.ts'
export * from './ops/index.ts'
export { jsonSchemaOf, type OptionJsonSchema } from './option-json-schema.ts'
export { type OptionFacts, optionFacts, schemaOf } from './option-schemas.ts'
export {
  hyperparameterSchema,
  isPlugin,
  type OptionMeta,
  parseOptions,
  pluginSchema,
  type Registry,
  revive,
  show,
  withMainOption,
} from './options.ts'
export * from './program/call.ts'
export * from './program/gradient.ts'
export * from './program/graph.ts'
export * from './program/multiply-adds.ts'
export * from './program/program.ts'
export * from './random/key.ts'
export { type RandomStream, randomStream } from './random/stream.ts'
export { type Key, randomWords, threefry2x32 } from './random/threefry.ts'
export * from './reference/evaluate.ts'
export * from './reference/reference.ts'
export * from './tensor/dtype.ts'
export * from './tensor/shape.ts'
export * from './tensor/tensor.ts'
export * from './tensor/value.ts'
