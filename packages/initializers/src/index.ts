export { type ConstantOptions, constant, ones, zeros } from './constant.ts'
export { type Nonlinearity, recommendedGain } from './gain.ts'
export { type HeOptions, heNormal, heUniform } from './he.ts'
export { lecunNormal, lecunUniform } from './lecun.ts'
export { type NormalOptions, normal } from './normal.ts'
export { type TruncatedNormalOptions, truncatedNormal } from './truncated-normal.ts'
export { type UniformOptions, uniform } from './uniform.ts'
export {
  type FanMode,
  type VarianceScalingOptions,
  varianceScaling,
} from './variance-scaling.ts'
export { glorotNormal, glorotUniform, type XavierOptions, xavierNormal, xavierUniform } from './xavier.ts'
