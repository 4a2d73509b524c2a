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
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from './activations.ts'
export { type AdaptivePool2dOptions, adaptiveAveragePool2d, adaptiveMaxPool2d } from './adaptive-pooling.ts'
export { type AttentionOptions, attentionWeights, scaledDotProductAttention } from './attention.ts'
export type { Branch } from './branch.ts'
export { type ConvTranspose2dOptions, convTranspose2d } from './conv-transpose2d.ts'
export { type Conv2dOptions, conv2d } from './conv2d.ts'
export type { ConvolutionLayerOptions } from './convolution-options.ts'
export { uniformFanIn } from './default-initializer.ts'
export { type DenseOptions, dense } from './dense.ts'
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './depthwise-conv2d.ts'
export { type EmbeddingOptions, embedding } from './embedding.ts'
export { globalAveragePool2d, globalMaxPool2d } from './global-pooling.ts'
export { type MultiHeadAttentionOptions, multiHeadAttention } from './multi-head-attention.ts'
export { type NamedOptions, named } from './named.ts'
export { type Pad2dOptions, pad2d, type ZeroPad2dOptions, zeroPad2d } from './pad2d.ts'
export { type ParallelOptions, parallel } from './parallel.ts'
export {
  type AveragePool2dOptions,
  averagePool2d,
  type MaxPool2dOptions,
  maxPool2d,
  type PoolingLayerOptions,
} from './pooling.ts'
export { type ResidualOptions, residual } from './residual.ts'
export { type SeparableConv2dOptions, separableConv2d } from './separable-conv2d.ts'
export { type SequentialOptions, sequential } from './sequential.ts'
export { flatten, type ReshapeOptions, reshape } from './shaping.ts'
export { type StochasticDepthOptions, stochasticDepth } from './stochastic-depth.ts'
export { formatSummary } from './summary/format-summary.ts'
export {
  type ModelSummary,
  type SummarizeOptions,
  type SummaryFigures,
  type SummaryRow,
  summarize,
} from './summary/summarize.ts'
export type { WeightOptions } from './weight-options.ts'
export type { Border, PaddingOption, Size } from './window-options.ts'
