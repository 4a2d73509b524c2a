// One node of an ONNX graph as a row of the table of operators sees it: tensors of core in, attributes, numbers known beforehand.

import { evaluate, numbers, type Tensor, type Values } from '@gradwerk/core'
import { LeftOut } from './left-out.ts'
import type { AttributeMessage, NodeMessage, TensorMessage } from './messages.ts'

export class NodeCall {
  readonly inputs: readonly (Tensor | undefined)[]
  readonly opset: number
  /** How many of its outputs the graph uses: the place of the last one. */
  readonly outputs: number
  readonly #node: NodeMessage
  readonly #feeds: Values
  readonly #unread: Map<string, AttributeMessage>

  constructor(node: NodeMessage, inputs: readonly (Tensor | undefined)[], feeds: Values, opset: number) {
    this.inputs = inputs
    this.opset = opset
    this.outputs = node.output.findLastIndex((name) => name !== '') + 1
    this.#node = node
    this.#feeds = feeds
    this.#unread = new Map(node.attribute.map((attribute) => [attribute.name, attribute]))
  }

  /** The tensors given, in order. */
  get tensors(): Tensor[] {
    return this.inputs.filter((x) => x !== undefined)
  }

  tensor(i: number): Tensor {
    const x = this.inputs[i]
    if (x === undefined) throw new Error(`${this.#node.opType}: input ${i} is missing`)
    return x
  }

  /** The numbers of an input that core takes when an expression is built, such as a shape. */
  numbers(i: number): number[] | undefined {
    const x = this.inputs[i]
    if (x === undefined) return undefined
    const [value] = evaluate([x], this.#feeds)
    return value === undefined ? undefined : Array.from(numbers(value))
  }

  /** The numbers of an input in newer operator sets, of an attribute in older ones. */
  numbersSince(opset: number, i: number, name: string): number[] | undefined {
    return this.opset >= opset ? this.numbers(i) : this.ints(name)
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#read(name)
    return attribute === undefined ? otherwise : Number(attribute.i)
  }

  float(name: string, otherwise: number): number {
    return this.#read(name)?.f ?? otherwise
  }

  ints(name: string): number[] | undefined {
    return this.#read(name)?.ints.map(Number)
  }

  floats(name: string): number[] | undefined {
    return this.#read(name)?.floats
  }

  has(name: string): boolean {
    return this.#read(name) !== undefined
  }

  string(name: string, otherwise: string): string {
    const attribute = this.#read(name)
    return attribute === undefined ? otherwise : new TextDecoder().decode(attribute.s)
  }

  message(name: string): TensorMessage | undefined {
    return this.#read(name)?.t
  }

  /** Leaves the case out unless an attribute has the one value that core claims. */
  only(name: string, value: number | string): void {
    const found = typeof value === 'number' ? this.int(name, value) : this.string(name, value)
    if (found !== value) throw new LeftOut(`${name} ${found}`)
  }

  /** An attribute that changes nothing of what is computed here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#read(name)
  }

  /** Throws when a row did not look at an attribute: it may have changed the result. */
  finish(): void {
    if (this.#unread.size > 0) throw new LeftOut(`attribute ${[...this.#unread.keys()].join(', ')}`)
  }

  #read(name: string): AttributeMessage | undefined {
    const attribute = this.#unread.get(name) ?? this.#node.attribute.find((one) => one.name === name)
    this.#unread.delete(name)
    return attribute
  }
}
