// Versions of the ONNX operator set: which one a model declares, and which operators it then may use.

import { OptionError } from '@gradwerk/core'

/** The oldest operator set that the lowerings are written for. */
export const oldestOpset = 17
/** The newest operator set that the lowerings are valid for and tested with. */
export const newestOpset = 24
/** ONNX Runtime reads it since 1.20 and fuses its operators; the lowerings use nothing newer. */
export const defaultOpset = 21

/** Operators that came after the oldest operator set, by the version that brought them. */
const since: Readonly<Record<string, number>> = {
  BitwiseAnd: 18,
  BitwiseNot: 18,
  BitwiseOr: 18,
  BitwiseXor: 18,
  CenterCropPad: 18,
  Col2Im: 18,
  GroupNormalization: 18,
  Mish: 18,
  DeformConv: 19,
  AffineGrid: 20,
  Gelu: 20,
  ImageDecoder: 20,
  Attention: 23,
  RMSNormalization: 23,
  RotaryEmbedding: 23,
  Swish: 24,
  TensorScatter: 24,
}

export function checkOpset(who: string, opset: number): void {
  if (Number.isInteger(opset) && opset >= oldestOpset && opset <= newestOpset) return
  throw new OptionError({
    who,
    problem: "option 'opset' is not valid",
    expected: `a whole number from ${oldestOpset} to ${newestOpset}`,
    got: String(opset),
  })
}

/** Throws an OptionError that names the op when its lowering uses an operator newer than the operator set. */
export function checkOperator(op: string, opType: string, opset: number): void {
  const needed = since[opType] ?? 0
  if (needed <= opset) return
  throw new OptionError({
    who: op,
    problem: `its lowering uses the ONNX operator ${opType}`,
    expected: `operator set ${needed} or newer`,
    got: `opset ${opset}`,
    hint: `opset: ${needed}`,
  })
}

/** The file format version that came with an operator set. */
export function irVersionOf(opset: number): number {
  if (opset <= 18) return 8
  if (opset <= 20) return 9
  if (opset <= 22) return 10
  return opset <= 23 ? 11 : 12
}
