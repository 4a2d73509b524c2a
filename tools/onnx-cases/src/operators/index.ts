// The table of operators: how each operator of ONNX is written in core's ops, as far as core claims it.

import { constants } from './constants.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { matrices } from './matrices.ts'
import { movement } from './movement.ts'
import { normalizations } from './normalizations.ts'
import type { Operators } from './operator.ts'
import { reductions } from './reductions.ts'
import { windows } from './windows.ts'

export const operators: Operators = {
  ...elementwise,
  ...reductions,
  ...movement,
  ...indexing,
  ...matrices,
  ...windows,
  ...normalizations,
  ...constants,
}

/** Ops of core that no operator of ONNX computes, and why. */
export const withoutOperator: Readonly<Record<string, string>> = {
  sumTo: 'the transpose of broadcasting; sum and reshape, which have cases',
  stack: 'concat of reshaped tensors; ConcatFromSequence works on sequences',
  convKernelGradient: 'ONNX has no operator for gradients',
  randomBits: "ONNX's random operators leave the generator open: no case can state their numbers",
  randomUniform: "ONNX's random operators leave the generator open: no case can state their numbers",
  bernoulli: "ONNX's random operators leave the generator open: no case can state their numbers",
  foldKey: 'ONNX has no random keys',
}
