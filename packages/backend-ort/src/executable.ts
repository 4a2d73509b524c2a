// A compiled program: checks a call, draws the random numbers, runs the session, and names the results.

import {
  BackendError,
  checkCall,
  copyOf,
  type Executable,
  type Program,
  type RunCall,
  type Value,
  type Values,
} from '@gradwerk/core'
import { hostEvaluator } from './hosted.ts'
import type { LoopModel } from './loop-model.ts'
import type { RuntimeSession } from './runtime.ts'

/** A BackendError around a failure of ONNX Runtime. */
export function failure(program: Program, problem: string, cause: unknown): BackendError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new BackendError({ who: `program ${program.name}`, problem: `${problem} (ONNX Runtime: ${message})`, cause })
}

/** The values a session wants, under the names it knows them by. */
function feedsOf(values: Values, names: ReadonlyMap<string, string>): [string, Value][] {
  return [...names].map(([name, input]) => [input, values[name] as Value])
}

export function executable(program: Program, model: LoopModel, session: RuntimeSession): Executable {
  const drawHosted = hostEvaluator([...model.hosted.keys()])
  const hostedNames = new Map([...model.hosted.values()].map((input, i) => [String(i), input]))
  const stateInputs = new Map([...model.state].map(([name, { current }]) => [name, current]))
  // ONNX Runtime reads feeds while it runs, so calls take turns.
  let last: Promise<unknown> = Promise.resolve()

  const compute = async ({ steps, shared, inputs, state }: RunCall): Promise<Values> => {
    const feeds = Object.fromEntries([
      [model.steps, { dtype: 'int64' as const, shape: [], data: BigInt64Array.of(BigInt(steps)) }],
      ...feedsOf(shared, model.shared),
      ...feedsOf(inputs, model.inputs),
      ...feedsOf(state, stateInputs),
      ...feedsOf(drawHosted(steps, shared, inputs), hostedNames),
    ])
    return session.run(feeds).catch((cause: unknown) => {
      throw failure(program, 'a run failed', cause)
    })
  }

  return {
    async run(call) {
      checkCall(program, call)
      const turn = last.then(() => compute(call))
      last = turn.catch(() => undefined)
      const results = await turn
      const next = ([name, value]: [string, Value]): [string, Value] => {
        const output = model.state.get(name)?.next
        return [name, output === undefined ? copyOf(value) : (results[output] as Value)]
      }
      return {
        state: Object.fromEntries(Object.entries(call.state).map(next)),
        outputs: Object.fromEntries([...model.outputs].map(([name, output]) => [name, results[output] as Value])),
      }
    },
  }
}
