// Attributes of ONNX nodes as messages.

import { create } from '@bufbuild/protobuf'
import type { OnnxAttribute } from '@gradwerk/core'
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
} from './generated/onnx_pb.ts'
import { dataTypes } from './tensor-proto.ts'

/** The attributes of one node, in the order of their names. */
export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>

function attributeProto(name: string, attribute: OnnxAttribute): AttributeProto {
  return create(AttributeProtoSchema, { name, ...fieldsOf(attribute) })
}

function fieldsOf(attribute: OnnxAttribute) {
  if ('int' in attribute) return { type: AttributeType.INT, i: BigInt(attribute.int) }
  if ('float' in attribute) return { type: AttributeType.FLOAT, f: attribute.float }
  if ('ints' in attribute) return { type: AttributeType.INTS, ints: attribute.ints.map(BigInt) }
  if ('string' in attribute) return { type: AttributeType.STRING, s: new TextEncoder().encode(attribute.string) }
  return { type: AttributeType.INT, i: BigInt(dataTypes[attribute.dtype]) }
}

/** An attribute that holds a graph: the body of a loop. */
export function graphAttribute(name: string, graph: GraphProto): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: graph })
}

/** Sorted by name, so that equal nodes make equal bytes. */
export function attributeProtos(attributes: OnnxAttributes): AttributeProto[] {
  return Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, attribute]) => attributeProto(name, attribute))
}

/** A text that is equal for equal attributes. */
export function attributesKey(attributes: OnnxAttributes): string {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(entries)
}
