export { type AdamOptions, type AdamWOptions, adam, adamW } from './adam.ts'
export { type ConstantOptions, constant } from './schedules/constant.ts'
export { type CosineOptions, cosine } from './schedules/cosine.ts'
export { type MomentumOptions, momentum, nesterov, type SgdOptions, sgd } from './sgd.ts'
