export type { ActivationName, ActivationOption } from './activation.ts'
export { type BatchNormCnnOptions, batchNormCnn } from './batch-norm-cnn.ts'
export { type LeNet5Options, leNet5 } from './le-net-5.ts'
export { type MlpOptions, mlp } from './mlp.ts'
