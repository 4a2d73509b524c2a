export { checkDistribution, compatible, contains, fromInternal, isSingle, toInternal } from './space/distribution.ts'
export { drawUniform, fromUnit, toUnit } from './space/unit.ts'
