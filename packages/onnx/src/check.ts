// The rules of the ONNX format: required fields, names, order, operators of the operator set, types and shapes.

import { ProgramError } from '@gradwerk/core'
import { checkNode } from './check/check-node.ts'
import { checkInitializer, wholeNumbersOf } from './check/initializers.ts'
import { operatorSince } from './check/operator-names.ts'
import { compatible, declaredType, formatValueType, merged, type ValueType } from './check/types.ts'
import type { GraphProto, ModelProto, NodeProto, ValueInfoProto } from './generated/onnx_pb.ts'

/**
 * Checks a model, the graphs inside its nodes included:
 *
 * - there are a format version, operator sets, and a graph with a name, typed inputs and outputs;
 * - values have distinct names, and nodes too; nodes use only what was made before; every output is made, every initializer used;
 * - operators exist in the operator set; those that gradwerk emits have only the inputs and attributes that they take;
 * - initializers have the numbers that their shapes want, and the types that inputs of their name declare;
 * - types and shapes that follow from operators do not contradict each other, or those that are declared.
 *
 * @throws ProgramError that names the graph, the node or the value
 */
export function checkModel(model: ModelProto): void {
  const opset = model.opsetImport.find(({ domain }) => domain === '')
  if (opset === undefined || model.graph === undefined)
    throw new ProgramError({ who: 'onnx', problem: 'the model has no graph or no operator set' })
  if (model.irVersion <= 0n) throw new ProgramError({ who: 'onnx', problem: 'the model has no format version' })
  const domains = new Set(model.opsetImport.map(({ domain }) => domain))
  new GraphCheck(domains, Number(opset.version)).check(model.graph)
}

class GraphCheck {
  readonly #domains: ReadonlySet<string>
  readonly #opset: number
  readonly #nodeNames = new Set<string>()
  readonly #values = new Set<string>()
  readonly #types = new Map<string, ValueType>()
  readonly #constants = new Map<string, readonly number[]>()
  readonly #used = new Set<string>()
  #who = ''

  constructor(domains: ReadonlySet<string>, opset: number) {
    this.#domains = domains
    this.#opset = opset
  }

  /** Values of graphs around this one are known in it, and its own are not known outside. */
  check(graph: GraphProto): void {
    const outer = this.#who
    const outside = new Set(this.#values)
    this.#who = `onnx graph '${graph.name}'`
    if (graph.name === '') this.#refuse('it has no name')
    const declared = new Map([...graph.valueInfo, ...graph.output].map((info) => [info.name, this.#declared(info)]))
    for (const info of graph.input) this.#define(info.name, this.#declared(info))
    this.#initializers(graph)
    for (const node of graph.node) this.#node(node, declared)
    if (graph.output.length === 0) this.#refuse('it has no output')
    for (const { name } of graph.output) {
      if (!this.#values.has(name)) this.#refuse(`output '${name}' is never made`)
      this.#used.add(name)
    }
    const unused = graph.initializer.find(({ name }) => !this.#used.has(name))
    if (unused !== undefined) this.#refuse(`initializer '${unused.name}' is used by nothing`)
    for (const name of this.#values) if (!outside.has(name)) this.#values.delete(name)
    this.#who = outer
  }

  #refuse(problem: string, expected?: string, got?: string): never {
    throw new ProgramError({
      who: this.#who,
      problem,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
    })
  }

  #declared(info: ValueInfoProto): ValueType {
    const type = declaredType(info)
    if (type === undefined || type.element === 0) this.#refuse(`'${info.name}' has no type`, 'the type of a tensor')
    return type
  }

  #define(name: string, type: ValueType | undefined): void {
    if (name === '') this.#refuse('a value has no name')
    if (this.#values.has(name)) this.#refuse(`two values are named '${name}'`, 'distinct names')
    this.#values.add(name)
    this.#constants.delete(name)
    if (type === undefined) this.#types.delete(name)
    else this.#types.set(name, type)
  }

  #initializers(graph: GraphProto): void {
    const inputs = new Set(graph.input.map(({ name }) => name))
    for (const tensor of graph.initializer) {
      const type = checkInitializer(this.#who, tensor)
      const input = inputs.has(tensor.name) ? this.#types.get(tensor.name) : undefined
      if (input !== undefined) this.#agree(`initializer '${tensor.name}'`, input, type)
      else this.#define(tensor.name, type)
      const numbers = wholeNumbersOf(tensor)
      // An input's initializer is only its default.
      if (numbers !== undefined && input === undefined) this.#constants.set(tensor.name, numbers)
    }
  }

  #agree(what: string, expected: ValueType, got: ValueType): void {
    if (!compatible(expected, got))
      this.#refuse(`${what} has another type than declared`, formatValueType(expected), formatValueType(got))
  }

  #operator(name: string, opType: string): void {
    const since = operatorSince(opType)
    if (since === undefined) this.#refuse(`node '${name}': ONNX has no operator '${opType}'`)
    if (since > this.#opset)
      this.#refuse(
        `node '${name}' is of an operator that came later: ${opType}`,
        `operator set ${since} or newer`,
        `operator set ${this.#opset}`,
      )
  }

  #node(node: NodeProto, declared: ReadonlyMap<string, ValueType>): void {
    const { name, opType, domain } = node
    if (name !== '' && this.#nodeNames.has(name)) this.#refuse(`two nodes are named '${name}'`, 'distinct names')
    this.#nodeNames.add(name)
    if (opType === '' || node.output.length === 0) this.#refuse(`node '${name}' has no operator or no output`)
    for (const input of node.input) {
      if (input !== '' && !this.#values.has(input))
        this.#refuse(`node '${name}' (${opType}) uses '${input}' before it is made`)
      this.#used.add(input)
    }
    if (!this.#domains.has(domain)) this.#refuse(`node '${name}' is of the undeclared domain '${domain}'`)
    if (domain === '') this.#operator(name, opType)
    for (const { g } of node.attribute) if (g !== undefined) this.check(g)
    const types = checkNode(node, this.#opset, {
      type: (value) => this.#types.get(value),
      constant: (value) => this.#constants.get(value),
    })
    for (const [i, output] of node.output.entries()) {
      if (output === '') continue
      const [said, found] = [declared.get(output), types[i]]
      if (said !== undefined && found !== undefined)
        this.#agree(`'${output}', made by node '${name}' (${opType}),`, said, found)
      this.#define(output, said !== undefined && found !== undefined ? merged(said, found) : (said ?? found))
    }
  }
}
