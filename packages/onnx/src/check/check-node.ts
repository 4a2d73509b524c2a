// One node against its operator: inputs, attributes, and the types that its outputs must have.

import { ProgramError } from '@gradwerk/core'
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type NodeProto,
} from '../generated/onnx_pb.ts'
import { type Operator, operators } from './operators.ts'
import type { NodeCall } from './rules.ts'
import { formatValueType, type ValueType } from './types.ts'

const kinds = {
  int: AttributeType.INT,
  float: AttributeType.FLOAT,
  ints: AttributeType.INTS,
  string: AttributeType.STRING,
  graph: AttributeType.GRAPH,
} as const

/** What is known of the values that a node may use. */
export interface KnownValues {
  type(name: string): ValueType | undefined
  /** The whole numbers of a constant. */
  constant(name: string): readonly number[] | undefined
}

function checkAttributes(who: string, { attribute }: NodeProto, operator: Operator, opset: number): void {
  for (const { name, type } of attribute) {
    const kind = operator.attributes[name]
    const end = operator.until?.[name]
    if (kind === undefined || (end !== undefined && opset >= end))
      throw new ProgramError({
        who,
        problem: `it has no attribute '${name}' in operator set ${opset}`,
        expected: Object.keys(operator.attributes).join(', ') || 'no attributes',
      })
    if (type !== kinds[kind])
      throw new ProgramError({ who, problem: `the attribute '${name}' is of the wrong kind`, expected: kind })
  }
}

function checkCounts(who: string, node: NodeProto, { inputs: [least, most], outputs = 1 }: Operator): void {
  const { length } = node.input
  if (length < least || length > most)
    throw new ProgramError({
      who,
      problem: 'the number of inputs is wrong',
      expected: least === most ? String(least) : `from ${least} to ${most}`,
      got: String(length),
    })
  if (node.output.length > outputs)
    throw new ProgramError({
      who,
      problem: 'the number of outputs is wrong',
      expected: `at most ${outputs}`,
      got: String(node.output.length),
    })
}

function callOf(node: NodeProto, opset: number, known: KnownValues): NodeCall {
  const attribute = (name: string): AttributeProto | undefined => node.attribute.find((one) => one.name === name)
  return {
    opset,
    inputs: node.input.map((name) => (name === '' ? undefined : known.type(name))),
    int: (name, otherwise) => Number(attribute(name)?.i ?? otherwise),
    ints: (name) => attribute(name)?.ints.map(Number),
    string: (name) => {
      const found = attribute(name)
      return found === undefined ? undefined : new TextDecoder().decode(found.s)
    },
    constant: (input) => known.constant(node.input[input] ?? ''),
  }
}

/**
 * The types of a node's outputs, as far as they follow from its inputs. An operator that gradwerk does not emit is taken as it is. Throws a
 * ProgramError for a node that its operator does not allow.
 */
export function checkNode(node: NodeProto, opset: number, known: KnownValues): readonly (ValueType | undefined)[] {
  const operator = node.domain === '' && Object.hasOwn(operators, node.opType) ? operators[node.opType] : undefined
  if (operator === undefined) return []
  const who = `onnx node '${node.name}' (${node.opType})`
  checkCounts(who, node, operator)
  checkAttributes(who, node, operator, opset)
  const call = callOf(node, opset, known)
  try {
    return operator.types(call)
  } catch (cause) {
    throw new ProgramError({
      who,
      problem: cause instanceof Error ? cause.message : String(cause),
      got: call.inputs.map((type) => (type === undefined ? '?' : formatValueType(type))).join(' and '),
      cause,
    })
  }
}
