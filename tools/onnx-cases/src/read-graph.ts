// A graph of ONNX as expressions of core, node by node through the table of operators.

import { constant, input, type Tensor, type Values } from '@gradwerk/core'
import { qualified } from './case.ts'
import { LeftOut } from './left-out.ts'
import { type ModelMessage, type NumberOptions, type TensorMessage, valueOfMessage } from './messages.ts'
import { NodeCall } from './node-call.ts'
import { operators } from './operators/index.ts'

export interface ReadGraph {
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly outputs: Readonly<Record<string, Tensor>>
  /** The numbers of the inputs by name. */
  readonly feeds: Values
}

/**
 * The graph as expressions whose inputs have the shapes of the given tensors; what core takes as options, such as a target shape, is read
 * from their numbers. Throws LeftOut for what the table does not hold, and whatever core throws.
 */
export function readGraph(
  model: ModelMessage,
  given: readonly TensorMessage[],
  options: NumberOptions = {},
): ReadGraph {
  const graph = model.graph
  if (graph === undefined) throw new Error('the model has no graph')
  for (const { type } of [...graph.input, ...graph.output])
    if (type?.value.case !== 'tensorType') throw new LeftOut('sequences and optional values')
  const opset = Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1)
  const known = new Map<string, Tensor>()
  for (const tensor of graph.initializer) known.set(tensor.name, constant(valueOfMessage(tensor, options)))
  const declared = graph.input.slice(0, given.length)
  const values = declared.map(({ name }, i) => [name, valueOfMessage(given[i] as TensorMessage, options)] as const)
  const inputs = Object.fromEntries(values.map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]))
  const feeds = Object.fromEntries(values)
  for (const [name, tensor] of Object.entries(inputs)) known.set(name, tensor)
  for (const node of graph.node) {
    const name = qualified(node)
    const row = Object.hasOwn(operators, name) ? operators[name] : undefined
    if (row === undefined) throw new LeftOut(`operator ${name}`)
    const call = new NodeCall(
      node,
      node.input.map((of) => (of === '' ? undefined : known.get(of))),
      feeds,
      opset,
    )
    const built = row.build(call)
    call.finish()
    const results = 'op' in built ? [built] : built
    node.output.forEach((output, i) => {
      const result = results[i]
      if (output === '') return
      if (result === undefined) throw new LeftOut(`output ${i}`)
      known.set(output, result)
    })
  }
  const outputs = graph.output.map(({ name }) => [name, known.get(name)] as const)
  const made = outputs.flatMap(([name, tensor]) => (tensor === undefined ? [] : [[name, tensor] as const]))
  if (made.length < outputs.length) throw new LeftOut('outputs that are not made')
  return { inputs, outputs: Object.fromEntries(made), feeds }
}
