import type { Shape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { ParameterRole, StateSpec } from './layer.ts'
import type { Plugin } from './plugin.ts'
import type { Scope } from './schedule.ts'

/** What is known of a parameter while the program is traced. */
export interface ParameterInfo {
  readonly name: string
  readonly role: ParameterRole
  readonly shape: Shape
  readonly outputAxes: readonly number[]
  readonly inputAxes: readonly number[]
  /** The groups of a grouped kernel, as in `ParameterSpec`. Default 1. */
  readonly groups?: number | undefined
}

export interface UpdateCall {
  readonly parameter: Tensor
  readonly gradient: Tensor
  readonly slots: Readonly<Record<string, Tensor>>
  readonly info: ParameterInfo
}

export interface Update {
  readonly parameter: Tensor
  readonly slots: Readonly<Record<string, Tensor>>
  /**
   * The effective step size, for proximal maps: the factor between a constant gradient and the change of the parameter, a
   * scalar or a tensor of the parameter's shape. An optimizer without one cannot be combined with a proximal regularizer.
   */
  readonly stepSize?: Tensor
}

/** An update, and the parameter as proximal maps and constraint left it. */
export interface FinishCall {
  /** `update.parameter` itself where nothing came after the update. */
  readonly parameter: Tensor
  readonly update: Update
  readonly info: ParameterInfo
}

/** The update rule of one parameter; a pure function of tensors. */
export interface Optimizer extends Plugin<'optimizer'> {
  /** The tensors it keeps for a parameter, by name. */
  slots(info: ParameterInfo): Readonly<Record<string, StateSpec>>
  update(call: UpdateCall, scope: Scope): Update
  /** The slots after the whole step, where they hold something of the parameter as it then is (averages). Default: those of the update. */
  finish?(call: FinishCall, scope: Scope): Readonly<Record<string, Tensor>>
  /**
   * The parameter to evaluate and export with, where that is not the trained one (averaging, schedule-free). The parameter's constraint is
   * applied to it.
   */
  evaluationParameter?(
    parameter: Tensor,
    slots: Readonly<Record<string, Tensor>>,
    scope: Scope,
    info: ParameterInfo,
  ): Tensor
}
