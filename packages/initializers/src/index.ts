export { type ConstantOptions, constant, constantSchema, ones, zeros } from './constant.ts'
export { type Nonlinearity, recommendedGain } from './gain.ts'
export { type HeOptions, heNormal, heSchema, heUniform } from './he.ts'
export { lecunNormal, lecunUniform } from './lecun.ts'
export { type NormalOptions, normal, normalSchema } from './normal.ts'
export { type UniformOptions, uniform, uniformSchema } from './uniform.ts'
export {
  type FanMode,
  type VarianceScalingOptions,
  varianceScaling,
  varianceScalingSchema,
} from './variance-scaling.ts'
export { glorotNormal, glorotUniform, type XavierOptions, xavierNormal, xavierSchema, xavierUniform } from './xavier.ts'
