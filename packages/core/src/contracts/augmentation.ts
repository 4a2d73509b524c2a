import type { Tensor } from '../tensor/tensor.ts'
import type { Plugin } from './plugin.ts'
import type { Scope } from './schedule.ts'

export interface Samples {
  /** [batch, …] float32 */
  readonly inputs: Tensor
  /** Class indices [batch], or soft targets [batch, …]. */
  readonly targets: Tensor
}

/** Changes a training batch: inputs and targets, as part of the traced step. */
export interface Augmentation extends Plugin<'augmentation'> {
  /** `key` is a random key (uint32 [2]) of this step; `classes` the number of classes where targets are indices. */
  apply(samples: Samples, key: Tensor, scope: Scope & { readonly classes: number }): Samples
}
