import type { Shape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Value } from '../tensor/value.ts'
import type { Constraint } from './constraint.ts'
import type { Initializer } from './initializer.ts'
import type { Parametrization } from './parametrization.ts'
import type { Plugin } from './plugin.ts'
import type { Regularizer } from './regularizer.ts'
import type { Scope } from './schedule.ts'

/** What a parameter is to its layer; regularizers and decay choose by it. */
export type ParameterRole = 'kernel' | 'bias' | 'scale' | 'shift' | 'embedding'

export interface ParameterSpec {
  readonly shape: Shape
  readonly role: ParameterRole
  readonly initializer: Initializer
  /** The axes that count outputs and inputs; the others are the receptive field. Fans and per-unit norms follow from them. */
  readonly outputAxes: readonly number[]
  readonly inputAxes: readonly number[]
  /**
   * The groups of a grouped kernel, whose inputs and outputs do not mix: axis 0 runs over all of them, the other axes lie within one, as
   * in `[out, in / groups, …]` and, transposed, `[in, out / groups, …]`. Default 1.
   */
  readonly groups?: number | undefined
  readonly regularizer?: Regularizer | undefined
  readonly constraint?: Constraint | undefined
  readonly parametrization?: Parametrization | undefined
  /**
   * For parameters that a parametrization declares: first numbers from those drawn for the parameter it replaces, instead of a draw of
   * their own. So a parametrized model can start where the plain one does.
   */
  readonly fromDraw?: ((draw: Value) => ArrayLike<number>) | undefined
}

/** Numbers a layer keeps besides its parameters, such as running statistics; float32, filled with `initial`. */
export interface StateSpec {
  readonly shape: Shape
  readonly initial: number
}

/** A state of a layer: filled with a number, or drawn as a parameter is. */
export interface LayerStateSpec {
  readonly shape: Shape
  readonly initial: number | Initializer
  /**
   * For states that a parametrization declares: first numbers from those drawn for the parameter it replaces, and from what `initial`
   * gives. So a state can start where it fits the first weight.
   */
  readonly fromDraw?: ((draw: Value, initial: Value) => ArrayLike<number>) | undefined
}

/** What a layer may ask for while it is traced. Everything it asks for becomes part of the program under the layer's path. */
export interface LayerContext extends Scope {
  /** The path of the layer in the model: `encoder.dense_1`. */
  readonly path: string
  /** Random behaviour (dropout, noise) is on. */
  readonly stochastic: boolean
  /** Statistics of the batch are used and learned (batch normalization). */
  readonly batchStatistics: boolean
  /**
   * The weight (float32 scalar) that learned statistics give to this batch, in place of the layer's own: 1 for the first batch, so that
   * what was known before is forgotten. Present where statistics are recomputed over a data set.
   */
  readonly statisticsWeight?: Tensor | undefined
  /** Declares a parameter and returns the tensor to compute with (after its parametrization, if it has one). */
  parameter(name: string, spec: ParameterSpec): Tensor
  /** Declares a state and returns its current tensor. */
  state(name: string, spec: LayerStateSpec): Tensor
  /** The value a state has after this step. */
  setState(name: string, value: Tensor): void
  /** A random key (uint32 [2]) of this layer and step; every call gives another. */
  key(): Tensor
  /** Adds a scalar to the objective. */
  addLoss(name: string, value: Tensor): void
  /** Applies a layer inside this one; the name, made distinct, extends the path. */
  child(name: string, layer: Layer, x: Tensor): Tensor
}

/** A function from tensor to tensor with parameters and state of its own. */
export interface Layer extends Plugin<'layer'> {
  /** Builds the output expression. Called once for each program that is traced. */
  apply(x: Tensor, context: LayerContext): Tensor
}
