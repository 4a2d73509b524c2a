import type { Tensor } from '../tensor/tensor.ts'
import type { Values } from '../tensor/value.ts'
import type { StateSpec } from './layer.ts'
import type { Plugin } from './plugin.ts'

/** What a metric sees of a batch. The batch axis may be dynamic. */
export interface MetricCall {
  readonly predictions: Tensor
  readonly targets: Tensor
  /** Loss of every sample [batch], without penalties. */
  readonly losses: Tensor
  /** What each sample counts in the mean loss [batch], where the loss says so (class weights); else every sample counts 1. */
  readonly weights?: Tensor | undefined
}

/** A number that streams over batches: its state is summed up in the program and turned into the result on the host. */
export interface Metric extends Plugin<'metric'> {
  /** What its figure is called in records and reports, such as `top5Accuracy`. Default: `name`. */
  readonly figure?: string | undefined
  /** Whether larger is better. */
  readonly mode: 'min' | 'max'
  /** The tensors it accumulates, given the shape of the predictions [?, …]. */
  init(predictions: Tensor): Readonly<Record<string, StateSpec>>
  update(state: Readonly<Record<string, Tensor>>, call: MetricCall): Readonly<Record<string, Tensor>>
  result(state: Values): number
  /** Further figures of the same state, reported as `<figure>.<name>`: of single classes, cells of a matrix. */
  details?(state: Values): Readonly<Record<string, number>>
}
