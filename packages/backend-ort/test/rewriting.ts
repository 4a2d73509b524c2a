// Programs lowered with some rewrites: which operators they become, and what they compute.

import { type Program, program, type RunCall, type Tensor, type Type, type Values, valueOf } from '@gradwerk/core'
import { decodeModel, lowerProgram, type Rewrite } from '@gradwerk/onnx'
import { executable } from '../src/executable.ts'
import { loopModel } from '../src/loop-model.ts'
import { loadNodeRuntime } from '../src/runtime-node.ts'

export interface Case {
  readonly rewrite: Rewrite
  readonly what: string
  readonly outputs: Readonly<Record<string, Tensor>>
  /** The operators after the rewrite. */
  readonly becomes: readonly string[]
}

/** Quarters, so that sums are exact in any order. */
function numbers({ dtype, shape }: Type, seed: number) {
  const size = shape.reduce((a, b) => a * b, 1)
  return valueOf(
    dtype,
    shape,
    Array.from({ length: size }, (_, i) => Math.round(8 * Math.sin(seed + 3 * i)) / 4),
  )
}

export interface Rewriting {
  /** The operators of the outputs under some rewrites. */
  operators(outputs: Readonly<Record<string, Tensor>>, rewrites: readonly Rewrite[]): string[]
  /** Runs one step in ONNX Runtime. */
  run(outputs: Readonly<Record<string, Tensor>>, rewrites: readonly Rewrite[]): Promise<Values>
}

export function rewriting(inputs: Readonly<Record<string, Tensor>>): Rewriting {
  const programOf = (outputs: Readonly<Record<string, Tensor>>): Program =>
    program({ name: 'rewritten', shared: inputs, inputs: {}, state: {}, outputs })
  return {
    operators: (outputs, rewrites) =>
      decodeModel(lowerProgram(programOf(outputs), { rewrites })).graph?.node.map(({ opType }) => opType) ?? [],
    async run(outputs, rewrites) {
      const of = programOf(outputs)
      const model = loopModel(of, rewrites)
      const runtime = await loadNodeRuntime()
      const session = await runtime.createSession(model.bytes, { threads: 1, spinMicroseconds: 0 })
      const shared = Object.fromEntries(Object.entries(inputs).map(([name, type], i) => [name, numbers(type, i)]))
      const call: RunCall = { steps: 1, shared, inputs: {}, state: {} }
      return (await executable(of, model, session).run(call)).outputs
    },
  }
}
