import type { Tensor } from '../tensor/tensor.ts'
import type { Plugin } from './plugin.ts'

/** The value of a hyper-parameter at each step of a run. Any hyper-parameter takes one, not only the learning rate. */
export interface Schedule extends Plugin<'schedule'> {
  /** The value for a step, counted from 0; `total` is the planned number of steps of the run. */
  at(step: number, total: number): number
}

/** A hyper-parameter: a number, or something that gives one for each step. */
export type Hyperparameter = number | { at(step: number, total: number): number }

/**
 * Turns hyper-parameters into inputs of the program being traced, so that programs which differ only in such numbers are one
 * compiled program. Names need to be distinct within one plugin only.
 */
export interface Scope {
  /** A float32 scalar. */
  hyperparameter(name: string, value: Hyperparameter): Tensor
}
