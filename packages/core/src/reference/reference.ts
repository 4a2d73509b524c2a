// The reference backend: slow, without dependencies, works anywhere.

import type { Backend, Executable, RunCall, RunResult } from '../contracts/backend.ts'
import { checkCall, joinSteps, sliceStep } from '../program/call.ts'
import { type Program, resultsOf } from '../program/program.ts'
import { isLeaf } from '../tensor/tensor.ts'
import { copyOf, type Values } from '../tensor/value.ts'
import { evaluate, plan } from './evaluate.ts'

function executable(program: Program): Executable {
  const roots = resultsOf(program)
  const order = plan(roots)
  const outputNames = Object.keys(program.outputs)
  const stateNames = Object.keys(program.state)
  const constants = order.flatMap(({ op }) => (isLeaf(op) && op.name === 'constant' ? [op.value.data] : []))
  const step = (feeds: Values): { outputs: Values; state: Values } => {
    // A state that a step leaves alone, or sets to a constant, is copied: returned values belong to the caller.
    const foreign = new Set([...constants, ...Object.values(feeds).map(({ data }) => data)])
    const values = evaluate(roots, feeds, order).map((value) => (foreign.has(value.data) ? copyOf(value) : value))
    const named = (names: readonly string[], from: number) =>
      Object.fromEntries(names.map((name, i) => [name, values[from + i]])) as Values
    return { outputs: named(outputNames, 0), state: named(stateNames, outputNames.length) }
  }
  return {
    async run(call: RunCall): Promise<RunResult> {
      checkCall(program, call)
      let state = call.state
      const outputs: Values[] = []
      for (let i = 0; i < call.steps; i++) {
        const result = step({ ...call.shared, ...sliceStep(call.inputs, i), ...state })
        state = result.state
        outputs.push(result.outputs)
      }
      return { state, outputs: joinSteps(outputs) }
    },
  }
}

/** The reference backend: the meaning of every program, for tests and for environments without ONNX Runtime. */
export function reference(): Backend {
  return {
    description: { name: 'reference', version: '1', threads: 1 },
    compile: (program) => Promise.resolve(executable(program)),
  }
}
