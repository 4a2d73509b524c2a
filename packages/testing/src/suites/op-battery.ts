// The battery that every op and composite goes through.

import { describe, it } from 'vitest'
import {
  assertDynamicAxes,
  assertFusedEqualsComposed,
  assertOpGradient,
  assertRefuses,
  assertShapeRule,
  hasGradient,
} from '../checks/op.ts'
import type { ErrorSample, OpSample } from '../samples/sample.ts'

/** The samples of each op. */
export function byOp<S extends { readonly op: string }>(samples: readonly S[]): Map<string, S[]> {
  const groups = new Map<string, S[]>()
  for (const sample of samples) groups.set(sample.op, [...(groups.get(sample.op) ?? []), sample])
  return groups
}

/** Shape rule, dynamic axes, gradients of both orders, fused forms and refusals of ops: `opBattery(opSamples, errorSamples)`. */
export function opBattery(samples: readonly OpSample[], errors: readonly ErrorSample[] = []): void {
  for (const [op, group] of byOp(samples))
    describe(op, () => {
      for (const sample of group)
        describe(sample.title, () => {
          it('gives the type it announces and changes no input', () => assertShapeRule(sample))
          it('gives the same with dynamic axes', () => assertDynamicAxes(sample))
          it('equals its composition', () => assertFusedEqualsComposed(sample))
          if (hasGradient(sample)) it('has the right gradients', () => assertOpGradient(sample))
        })
    })
  for (const [op, group] of byOp(errors))
    describe(`${op} refuses`, () => {
      for (const sample of group) it(sample.title, () => assertRefuses(sample))
    })
}
