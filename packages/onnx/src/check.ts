// Rules of the ONNX format that are cheap to check: names, order and operator sets.

import { ProgramError } from '@gradwerk/core'
import type { GraphProto, ModelProto } from './generated/onnx_pb.ts'
import { checkOperator } from './opset.ts'

/** Throws a ProgramError unless values have unique names, nodes use only what was made before, and operators fit the operator set. */
export function checkModel(model: ModelProto): void {
  const opset = model.opsetImport.find(({ domain }) => domain === '')
  if (opset === undefined || model.graph === undefined)
    throw new ProgramError({ who: 'onnx', problem: 'the model has no graph or no operator set' })
  const domains = new Set(model.opsetImport.map(({ domain }) => domain))
  checkGraph(model.graph, new Set(), domains, Number(opset.version))
}

function checkGraph(graph: GraphProto, outer: ReadonlySet<string>, domains: ReadonlySet<string>, opset: number): void {
  const who = `onnx graph '${graph.name}'`
  const known = new Set(outer)
  const define = (name: string) => {
    if (known.has(name))
      throw new ProgramError({ who, problem: `two values are named '${name}'`, expected: 'distinct names' })
    known.add(name)
  }
  const inputs = new Set(graph.input.map(({ name }) => name))
  for (const name of inputs) define(name)
  for (const { name } of graph.initializer) if (!inputs.has(name)) define(name)
  for (const node of graph.node) {
    for (const input of node.input)
      if (input !== '' && !known.has(input))
        throw new ProgramError({
          who,
          problem: `node '${node.name}' (${node.opType}) uses '${input}' before it is made`,
        })
    if (!domains.has(node.domain))
      throw new ProgramError({ who, problem: `node '${node.name}' is of the undeclared domain '${node.domain}'` })
    if (node.domain === '') checkOperator(node.name, node.opType, opset)
    for (const { g } of node.attribute) if (g !== undefined) checkGraph(g, known, domains, opset)
    for (const output of node.output) if (output !== '') define(output)
  }
  for (const { name } of graph.output)
    if (!known.has(name)) throw new ProgramError({ who, problem: `output '${name}' is never made` })
}
