// Builds one ONNX graph: the sink that the ops' lowerings write to.

import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { formatType, type OnnxSink, ProgramError, type Type, type Value } from '@gradwerk/core'
import { attributeProtos, attributesKey, type OnnxAttributes } from './attributes.ts'
import { float16Proto } from './float16.ts'
import {
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.ts'
import { checkOperator } from './opset.ts'
import { bytesOf, tensorProto, valueInfo } from './tensor-proto.ts'

/** Names given so far in a model. A graph and the graphs inside it share one, as ONNX forbids that inner names hide outer ones. */
export class Names {
  readonly #taken = new Set<string>()
  readonly #counts = new Map<string, number>()

  /** Takes a name as it is. Throws a ProgramError when it is taken. */
  take(name: string): string {
    if (this.#taken.has(name))
      throw new ProgramError({ who: 'onnx', problem: `two values are named '${name}'`, expected: 'distinct names' })
    this.#taken.add(name)
    return name
  }

  /** A name that is not taken: the base, or the base and a number. */
  fresh(base: string): string {
    for (;;) {
      const count = this.#counts.get(base) ?? 0
      this.#counts.set(base, count + 1)
      const name = count === 0 ? base : `${base}_${count}`
      if (!this.#taken.has(name)) return this.take(name)
    }
  }
}

export class GraphBuilder implements OnnxSink {
  readonly opset: number
  readonly names: Names
  /** Operator domains in use besides ONNX's own. */
  readonly domains: Set<string>
  /** The op that is being lowered; errors name it. */
  lowering = 'onnx'
  /** What nodes are named after: `dense_1` makes `dense_1/Gemm`. */
  path = ''
  readonly #nodes: NodeProto[] = []
  readonly #known = new Map<string, string[]>()
  readonly #constants = new Map<string, { bytes: Uint8Array; name: string }[]>()
  readonly #initializers: TensorProto[] = []
  readonly #inputs: ValueInfoProto[] = []
  readonly #outputs: ValueInfoProto[] = []
  readonly #declared = new Map<string, Type>()
  readonly #producers = new Map<string, NodeProto>()
  readonly #renamed = new Map<string, string>()

  constructor(opset: number, outer?: GraphBuilder) {
    this.opset = opset
    this.names = outer?.names ?? new Names()
    this.domains = outer?.domains ?? new Set()
  }

  /** Declares an input under a name that was taken before. */
  input(name: string, type: Type, dynamicName?: string): string {
    this.#inputs.push(valueInfo(name, type, dynamicName))
    return name
  }

  node(opType: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    const [output] = this.nodes(opType, inputs, 1, attributes)
    return output as string
  }

  /** A node that does what an earlier one does is that earlier one: no ONNX operator that is lowered to has a state of its own. */
  nodes(opType: string, inputs: readonly string[], outputs: number, attributes: OnnxAttributes = {}): string[] {
    const key = `${opType}(${JSON.stringify(inputs)})${attributesKey(attributes)}${outputs}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const dot = opType.lastIndexOf('.')
    if (dot < 0) checkOperator(this.lowering, opType, this.opset)
    const base = `${this.path === '' ? '' : `${this.path}/`}${opType.slice(dot + 1)}`
    const made = Array.from({ length: outputs }, () => this.names.fresh(base))
    this.#known.set(key, made)
    this.add({
      opType: opType.slice(dot + 1),
      domain: opType.slice(0, Math.max(dot, 0)),
      input: [...inputs],
      output: made,
      attribute: attributeProtos(attributes),
    })
    return made
  }

  /** Adds a node as it is. An operator of another domain is written `com.microsoft.FusedMatMul` in `node`, in two fields here. */
  add(init: MessageInitShape<typeof NodeProtoSchema>): void {
    const node = create(NodeProtoSchema, { ...init, name: init.name ?? init.output?.[0] ?? '' })
    if (node.domain !== '') this.domains.add(node.domain)
    this.#nodes.push(node)
    for (const output of node.output) this.#producers.set(output, node)
  }

  constant(value: Value): string {
    const bytes = bytesOf(value)
    const type = formatType(value)
    const alike = this.#constants.get(type) ?? []
    this.#constants.set(type, alike)
    const known = alike.find((other) => sameBytes(other.bytes, bytes))
    if (known !== undefined) return known.name
    const name = this.initializer(this.names.fresh('constant'), value)
    alike.push({ bytes, name })
    return name
  }

  /** Adds an initializer under a name that was taken before. */
  initializer(name: string, value: Value): string {
    this.#initializers.push(tensorProto(name, value))
    return name
  }

  /** Adds an initializer of half precision under a name that was taken before, and returns its numbers as float32. */
  float16(name: string, value: Value): string {
    this.#initializers.push(float16Proto(name, value))
    this.path = name
    return this.node('Cast', [name], { to: { dtype: 'float32' } })
  }

  /**
   * Declares an output under a name that was taken before. A value that a node of this graph makes is renamed; anything else (an
   * input, a constant, a second output of one value) goes through an Identity node.
   */
  output(name: string, from: string, type: Type, dynamicName?: string): void {
    const producer = this.#producers.get(from)
    const taken = this.#outputs.some((output) => output.name === from)
    if (producer === undefined || taken) this.add({ opType: 'Identity', input: [from], output: [name] })
    else this.#rename(producer, from, name)
    this.#outputs.push(valueInfo(name, type, dynamicName))
  }

  #rename(producer: NodeProto, from: string, to: string): void {
    producer.output = producer.output.map((output) => (output === from ? to : output))
    for (const node of this.#nodes) node.input = node.input.map((input) => (input === from ? to : input))
    this.#producers.delete(from)
    this.#producers.set(to, producer)
    this.#renamed.set(from, to)
  }

  /** What a value is called now: declaring it as an output may have renamed it. */
  nameNow(name: string): string {
    return this.#renamed.get(name) ?? name
  }

  /** Writes down the type of a value that a node makes, for readers and checkers. */
  declare(name: string, type: Type): void {
    if (this.#producers.has(name)) this.#declared.set(name, type)
  }

  build(name: string): GraphProto {
    const outputs = new Set(this.#outputs.map((output) => output.name))
    return create(GraphProtoSchema, {
      name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
      valueInfo: [...this.#declared].flatMap(([value, type]) => (outputs.has(value) ? [] : [valueInfo(value, type)])),
    })
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
