export { type AdadeltaOptions, adadelta } from './adadelta.ts'
export { type AdagradOptions, adagrad } from './adagrad.ts'
export { type AdamWOptions, adam, adamW } from './adam.ts'
export { type AdamaxOptions, adamax } from './adamax.ts'
export { type AmsGradWOptions, amsGrad, amsGradW } from './ams-grad.ts'
export { type EmaOptions, ema, type SwaOptions, swa } from './averaging/average.ts'
export { type LookaheadOptions, lookahead } from './averaging/lookahead.ts'
export {
  type ClipByNormOptions,
  type ClipByValueOptions,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  type NormOrder,
} from './gradient-transforms/clip.ts'
export { type LambOptions, lamb } from './lamb.ts'
export { type LionOptions, lion } from './lion.ts'
export type { AdamOptions } from './moments.ts'
export { type NadamOptions, nadam } from './nadam.ts'
export type { LearningRateOption } from './options.ts'
export { type ParameterGroup, type ParameterGroupsOptions, parameterGroups } from './parameter-groups.ts'
export { type RadamOptions, radam } from './radam.ts'
export { type ReduceOnPlateauOptions, reduceOnPlateau } from './reduce-on-plateau.ts'
export { type RmspropOptions, rmsprop } from './rmsprop.ts'
export { type RpropOptions, rprop } from './rprop.ts'
export { type ScheduleFreeAdamWOptions, scheduleFreeAdamW } from './schedule-free.ts'
export { type ConstantOptions, constant } from './schedules/constant.ts'
export { type CosineOptions, cosine } from './schedules/cosine.ts'
export { type CosineRestartsOptions, cosineRestarts } from './schedules/cosine-restarts.ts'
export {
  type CyclicOptions,
  type CyclicShrinkingOptions,
  cyclic,
  cyclicHalving,
  cyclicShrinking,
} from './schedules/cyclic.ts'
export {
  type ExponentialOptions,
  exponential,
  type InverseTimeOptions,
  inverseTime,
  type MultiStepOptions,
  multiStep,
  type StepDecayOptions,
  stepDecay,
} from './schedules/decays.ts'
export type { OverOption } from './schedules/ending.ts'
export {
  type OneCycleMomentumOptions,
  type OneCycleOptions,
  oneCycle,
  oneCycleMomentum,
} from './schedules/one-cycle.ts'
export { type PiecewiseOptions, piecewise, type WarmupOptions, warmup } from './schedules/piecewise.ts'
export { type LinearOptions, linear, type PolynomialOptions, polynomial } from './schedules/polynomial.ts'
export { type MomentumOptions, momentum, nesterov, type SgdOptions, sgd } from './sgd.ts'
export type { Span } from './span.ts'
export type { WeightDecayOptions } from './weight-decay.ts'
