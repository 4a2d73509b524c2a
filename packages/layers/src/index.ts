export {
  type EluOptions,
  elu,
  eluSchema,
  gelu,
  geluTanh,
  identity,
  type LeakyReluOptions,
  leakyRelu,
  leakyReluSchema,
  type PlainLayer,
  relu,
  type SoftmaxOptions,
  sigmoid,
  silu,
  softmax,
  softmaxSchema,
  softplus,
  tanh,
} from './activations.ts'
export { type Conv2dOptions, conv2d, conv2dSchema } from './conv2d.ts'
export { uniformFanIn } from './default-initializer.ts'
export { type DenseOptions, dense, denseSchema } from './dense.ts'
export {
  type AveragePool2dOptions,
  averagePool2d,
  averagePool2dSchema,
  globalAveragePool2d,
  type MaxPool2dOptions,
  maxPool2d,
  maxPool2dSchema,
  type PoolingLayerOptions,
} from './pooling.ts'
export { type ResidualOptions, residual, residualSchema } from './residual.ts'
export { type SequentialOptions, sequential, sequentialSchema } from './sequential.ts'
export { flatten, type ReshapeOptions, reshape, reshapeSchema } from './shaping.ts'
export type { WeightOptions } from './weight-options.ts'
export type { PaddingOption, Size } from './window-options.ts'
