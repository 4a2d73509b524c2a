export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyOfProbabilities,
} from './binary-cross-entropy.ts'
export type { ClassOptions } from './class-options.ts'
export { type BinaryFocalOptions, binaryFocal, type FocalOptions, focal } from './focal.ts'
export { hinge, squaredHinge } from './hinge.ts'
export { type HuberOptions, huber, type SmoothL1Options, smoothL1 } from './huber.ts'
export { klDivergence, klDivergenceOfLogs } from './kl-divergence.ts'
export { meanAbsoluteError } from './mean-absolute-error.ts'
export { meanSquaredError } from './mean-squared-error.ts'
export {
  categoricalHinge,
  type MultiClassHingeOptions,
  multiClassHinge,
  squaredMultiClassHinge,
} from './multi-class-hinge.ts'
export { type NegativeLogLikelihoodOptions, negativeLogLikelihood } from './negative-log-likelihood.ts'
export { poisson } from './poisson.ts'
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './softmax-cross-entropy.ts'
