export { type ConstantOptions, constant, ones, zeros } from './constant.ts'
export { type DeltaOrthogonalOptions, deltaOrthogonal } from './delta-orthogonal.ts'
export { dirac } from './dirac.ts'
export { type Nonlinearity, recommendedGain } from './gain.ts'
export type { GainOptions } from './gain-option.ts'
export type { GroupsOptions } from './groups-option.ts'
export { type HeOptions, heNormal, heUniform } from './he.ts'
export { identity } from './identity.ts'
export { lecunNormal, lecunUniform } from './lecun.ts'
export { type LsuvOptions, lsuv } from './lsuv.ts'
export { type NormalOptions, normal } from './normal.ts'
export { orthogonal } from './orthogonal.ts'
export { type SparseOptions, sparse } from './sparse.ts'
export { type TruncatedNormalOptions, truncatedNormal } from './truncated-normal.ts'
export { type UniformOptions, uniform } from './uniform.ts'
export {
  type FanMode,
  type VarianceScalingOptions,
  varianceScaling,
} from './variance-scaling.ts'
export { glorotNormal, glorotUniform, type XavierOptions, xavierNormal, xavierUniform } from './xavier.ts'
