// A program as an ONNX model whose graph is one Loop: k steps a call, the state carried inside.

import { BackendError, dynamic, formatType, type Program, type Tensor, type Type, topological } from '@gradwerk/core'
import {
  defaultOpset,
  encodeModel,
  GraphBuilder,
  graphAttribute,
  graphInputs,
  lowerExpressions,
  type Rewrite,
} from '@gradwerk/onnx'
import { hostedTensors } from './hosted.ts'

/** The model, and what its inputs and outputs are called for each name in the program. */
export interface LoopModel {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The input that holds the number of steps. */
  readonly steps: string
  readonly shared: ReadonlyMap<string, string>
  readonly inputs: ReadonlyMap<string, string>
  /** States, with their names before and after the steps; a state that steps leave as it is has no name after. */
  readonly state: ReadonlyMap<string, { readonly current: string; readonly next?: string }>
  readonly outputs: ReadonlyMap<string, string>
  /** How many outputs the model has. Without any there is no model, and nothing to run. */
  readonly results: number
  /** Tensors that the host computes for every step of a call. */
  readonly hosted: ReadonlyMap<Tensor, string>
}

const iterationType: Type = { dtype: 'int64', shape: [] }
const conditionType: Type = { dtype: 'bool', shape: [] }
const perStep = ({ dtype, shape }: Type): Type => ({ dtype, shape: [dynamic, ...shape] })

/** Builds the model of a program. Inputs that nothing in the graph depends on are left out. */
export function loopModel(program: Program, rewrites: readonly Rewrite[]): LoopModel {
  const main = new GraphBuilder(defaultOpset)
  const body = new GraphBuilder(defaultOpset, main)
  // States that a step leaves as they are need not be carried.
  const states = Object.entries(program.state).filter(([, { current, next }]) => current !== next)
  const unchanged = Object.entries(program.state).filter(([, { current, next }]) => current === next)
  const roots = [...Object.values(program.outputs), ...states.map(([, { next }]) => next)]
  const hostedRoots = hostedTensors(program, roots)
  const used = new Set(topological(roots, (tensor) => (hostedRoots.has(tensor) ? [] : graphInputs(tensor))))
  refuseFloat64(program, used)

  const steps = main.input(main.names.fresh('steps'), iterationType)
  const iteration = body.input(body.names.fresh('iteration'), iterationType)
  const condition = body.input(body.names.fresh('condition'), conditionType)
  const bound = new Map<Tensor, string>()
  const bind = (name: string, tensor: Tensor, type: Type, take: (input: string) => string): [string, string][] => {
    if (!used.has(tensor)) return []
    const input = main.input(main.names.fresh(name), type)
    bound.set(tensor, take(input))
    return [[name, input]]
  }
  const asIs = (input: string) => input
  const ofStep = (input: string) => body.node('Gather', [input, iteration], { axis: { int: 0 } })
  const shared = new Map(Object.entries(program.shared).flatMap(([name, tensor]) => bind(name, tensor, tensor, asIs)))
  const constantStates = unchanged.flatMap(([name, { current }]) => bind(name, current, current, asIs))
  const inputs = new Map(
    Object.entries(program.inputs).flatMap(([name, tensor]) => bind(name, tensor, perStep(tensor), ofStep)),
  )
  const hosted = new Map(
    [...hostedRoots].flatMap((tensor) =>
      bind(tensor.op.name, tensor, perStep(tensor), ofStep).map(([, input]) => [tensor, input] as const),
    ),
  )
  const carried = states.map(([name, { current, next }]) => {
    const input = main.input(main.names.fresh(name), current)
    bound.set(current, body.input(body.names.fresh(name), current))
    return { name, next, input, inner: body.names.fresh(`${name}.next`), output: main.names.fresh(`${name}.next`) }
  })
  const collected = Object.entries(program.outputs).map(([name, tensor]) => {
    return { name, tensor, inner: body.names.fresh(name), output: main.names.fresh(name) }
  })

  const { nameOf } = lowerExpressions(body, roots, bound, rewrites)
  body.output(body.names.take(`${condition}.next`), condition, conditionType)
  for (const { next, inner } of carried) body.output(inner, nameOf(next), next)
  for (const { tensor, inner } of collected) body.output(inner, nameOf(tensor), tensor)
  main.add({
    opType: 'Loop',
    input: [steps, '', ...carried.map(({ input }) => input)],
    output: [...carried, ...collected].map(({ output }) => output),
    attribute: [graphAttribute('body', body.build('step'))],
  })
  for (const { output, next } of carried) main.output(output, output, next)
  for (const { output, tensor } of collected) main.output(output, output, perStep(tensor))

  const results = carried.length + collected.length
  return {
    bytes: results === 0 ? new Uint8Array(0) : encodeModel(main, { name: program.name }),
    steps,
    shared,
    inputs,
    state: new Map([
      ...constantStates.map(([name, input]) => [name, { current: input }] as const),
      ...carried.map(({ name, input, output }) => [name, { current: input, next: output }] as const),
    ]),
    results,
    outputs: new Map(collected.map(({ name, output }) => [name, output])),
    hosted,
  }
}

function refuseFloat64(program: Program, tensors: Iterable<Tensor>): void {
  for (const tensor of tensors)
    if (tensor.dtype === 'float64')
      throw new BackendError({
        who: `program ${program.name}`,
        problem: `${tensor.op.name} computes in float64, which backend-ort does not`,
        expected: 'float32',
        got: formatType(tensor),
        hint: 'the reference backend, or building the program in float32',
      })
}
