export {
  type EluOptions,
  elu,
  gelu,
  geluTanh,
  identity,
  type LeakyReluOptions,
  leakyRelu,
  type PlainLayer,
  relu,
  type SoftmaxOptions,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from './activations.ts'
export { type Conv2dOptions, conv2d } from './conv2d.ts'
export { uniformFanIn } from './default-initializer.ts'
export { type DenseOptions, dense } from './dense.ts'
export {
  type AveragePool2dOptions,
  averagePool2d,
  globalAveragePool2d,
  type MaxPool2dOptions,
  maxPool2d,
  type PoolingLayerOptions,
} from './pooling.ts'
export { type ResidualOptions, residual } from './residual.ts'
export { type SequentialOptions, sequential } from './sequential.ts'
export { flatten, type ReshapeOptions, reshape } from './shaping.ts'
export { formatSummary } from './summary/format-summary.ts'
export {
  type ModelSummary,
  type SummarizeOptions,
  type SummaryFigures,
  type SummaryRow,
  summarize,
} from './summary/summarize.ts'
export type { WeightOptions } from './weight-options.ts'
export type { PaddingOption, Size } from './window-options.ts'
