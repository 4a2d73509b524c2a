// Versions of the ONNX operator set: which one a model declares, and which operators it then may use.

import { OptionError, ProgramError } from '@gradwerk/core'
import { z } from 'zod'
import { operatorSince } from './check/operator-names.ts'

/** The oldest operator set that the lowerings are written for. */
export const oldestOpset = 17
/** The newest operator set that the lowerings are valid for and tested with. */
export const newestOpset = 26
/** ONNX Runtime reads it since 1.20; newer ones would change no node of a file, and nothing that ONNX Runtime makes of it. */
export const defaultOpset = 21

const error = `a whole number from ${oldestOpset} to ${newestOpset}`

/** The option of everything that writes a file. */
export const opsetSchema: z.ZodDefault<z.ZodInt> = z
  .int({ error })
  .min(oldestOpset, { error })
  .max(newestOpset, { error })
  .default(defaultOpset)
  .meta({ description: 'version of the ONNX operator set' })

/**
 * Throws an OptionError that names the op when its lowering uses an operator newer than the operator set, and a ProgramError for one that
 * ONNX does not have.
 */
export function checkOperator(op: string, opType: string, opset: number): void {
  const needed = operatorSince(opType)
  if (needed === undefined)
    throw new ProgramError({
      who: op,
      problem: `ONNX has no operator '${opType}'`,
      expected: 'an operator of its domain',
    })
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
  if (opset <= 23) return 11
  return opset <= 24 ? 12 : 13
}
