import type { Tensor } from '../tensor/tensor.ts'
import type { ParameterInfo } from './optimizer.ts'
import type { Plugin } from './plugin.ts'
import type { Scope } from './schedule.ts'

/** What a regularizer of the whole step may look at. */
export interface LossTermContext extends Scope {
  readonly inputs: Tensor
  readonly targets: Tensor
  /** The output of the model. */
  readonly predictions: Tensor
  /** The output of every layer by path. */
  readonly activations: ReadonlyMap<string, Tensor>
  /** Scalar loss of the batch without penalties. */
  readonly loss: Tensor
  /** Effective parameters by name. */
  readonly parameters: ReadonlyMap<string, Tensor>
}

/**
 * Adds something to the objective. A regularizer of parameters has a `penalty`; where it has a `proximal` map as well, the penalty
 * is reported but not differentiated, and the map is applied after the optimizer's update instead.
 */
export interface Regularizer extends Plugin<'regularizer'> {
  /** Scalar penalty of one parameter; `info` tells its axes, for penalties of whole units. */
  penalty?(parameter: Tensor, scope: Scope, info: ParameterInfo): Tensor
  /** argmin over v of ½·‖v − parameter‖² / stepSize + penalty(v). The step size is a scalar or has the parameter's shape. */
  proximal?(parameter: Tensor, stepSize: Tensor, scope: Scope, info: ParameterInfo): Tensor
  /** Scalar term of the whole step. */
  lossTerm?(context: LossTermContext): Tensor
}
