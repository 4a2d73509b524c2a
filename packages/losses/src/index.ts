export { binaryCrossEntropy } from './binary-cross-entropy.ts'
export { meanSquaredError } from './mean-squared-error.ts'
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './softmax-cross-entropy.ts'
