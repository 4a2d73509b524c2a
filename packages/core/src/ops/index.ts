export * from './adaptive-pool.ts'
export * from './average-pool.ts'
export * from './binary.ts'
export * from './compare.ts'
export * from './composites.ts'
export { conv2d, convInputGradient, convKernelGradient } from './convolution.ts'
export * from './cumsum.ts'
export { sumTo } from './elementwise.ts'
export { gather, oneHot, scatterAdd } from './gather.ts'
export { gatherElements, scatterElementsAdd } from './gather-elements.ts'
export { gridSample } from './grid-sample.ts'
export * from './matmul.ts'
export * from './max-pool.ts'
export { broadcastTo, reshape, transpose } from './movement.ts'
export * from './pad.ts'
export type { PoolingOptions } from './pool.ts'
export * from './prod.ts'
export * from './random.ts'
export {
  argMax,
  max,
  mean,
  min,
  type ReduceOptions,
  sum,
  variance,
} from './reduce.ts'
export * from './select.ts'
export * from './slicing.ts'
export * from './unary.ts'
export type { ConvolutionOptions, Window } from './window.ts'
