// A row of the table of operators: which ops of core it proves, and the expression that a node becomes.

import { constant, type Tensor, valueOf } from '@gradwerk/core'
import type { NodeCall } from '../node-call.ts'

export interface Operator {
  /** Ops of core that cases of this operator test, by the names under which core exports them. */
  readonly core: readonly string[]
  build(call: NodeCall): Tensor | readonly Tensor[]
}

export type Operators = Readonly<Record<string, Operator>>

/** A row; `core` names ops separated by spaces. */
export function operator(core: string, build: Operator['build']): Operator {
  return { core: core.split(' ').filter((name) => name !== ''), build }
}

/** A list of numbers as a constant. */
export function list(dtype: Tensor['dtype'], numbers: readonly number[]): Tensor {
  return constant(valueOf(dtype, [numbers.length], numbers))
}
