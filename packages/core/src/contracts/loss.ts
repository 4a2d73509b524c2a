import type { Shape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Value } from '../tensor/value.ts'
import type { Plugin } from './plugin.ts'
import type { Scope } from './schedule.ts'

/** What is minimized: a number for every sample. The trainer takes their mean, `Σ values / Σ weights`. */
export interface Loss extends Plugin<'loss'> {
  /** Losses [batch] of predictions [batch, …] against targets: class indices [batch] or values of the predictions' shape. */
  values(predictions: Tensor, targets: Tensor, scope: Scope): Tensor
  /**
   * What each sample counts in the mean [batch], where that is not 1: `values` are weighted already, and the mean divides by the sum of
   * these. Undefined: the mean divides by the number of samples.
   */
  weights?(predictions: Tensor, targets: Tensor, scope: Scope): Tensor | undefined
  /** Complains about targets that cannot belong to predictions of this shape (a label out of range). Called on host data. */
  checkTargets?(targets: Value, predictions: Shape): void
}
