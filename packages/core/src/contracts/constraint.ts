import type { Tensor } from '../tensor/tensor.ts'
import type { ParameterInfo } from './optimizer.ts'
import type { Plugin } from './plugin.ts'
import type { Scope } from './schedule.ts'

/** A set that a parameter must lie in after every step. */
export interface Constraint extends Plugin<'constraint'> {
  /** The nearest (or a near) point of the set. */
  project(parameter: Tensor, info: ParameterInfo, scope: Scope): Tensor
}
