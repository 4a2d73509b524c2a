import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { DataError } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { ModelProtoSchema } from '../generated/onnx_pb.ts'
import { decodeModel } from './decode.ts'

/** Fields of the messages that the tests write by hand. */
const [graphOfModel, metadataOfModel] = [7, 14]
const [nodeOfGraph, initializerOfGraph, inputOfGraph] = [1, 5, 11]
const [attributeOfNode, graphOfAttribute] = [5, 6]
const [dimsOfTensor, nameOfTensor, rawDataOfTensor, int64DataOfTensor] = [1, 8, 9, 7]

function field(number: number, body: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(body).finish()
}

/** What says that its body is longer than it is. */
function lying(number: number, body: Uint8Array, length: number): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).raw(body).finish()
}

function repeated(part: Uint8Array, times: number): Uint8Array {
  const all = new Uint8Array(part.length * times)
  for (let i = 0; i < times; i++) all.set(part, i * part.length)
  return all
}

const graph = (...parts: Uint8Array[]) => field(graphOfModel, Buffer.concat(parts))
const empty = new Uint8Array()
const text = new TextEncoder().encode('w')

function nested(levels: number): Uint8Array {
  let body: Uint8Array = empty
  for (let i = 0; i < levels; i++) body = field(nodeOfGraph, field(attributeOfNode, field(graphOfAttribute, body)))
  return graph(body)
}

test('a whole message is read, with packed lists and lists element by element', () => {
  const model = create(ModelProtoSchema, {
    irVersion: 9n,
    graph: { name: 'g', initializer: [{ name: 'w', dims: [2n, 300n], floatData: [1, 2], rawData: Uint8Array.of(7) }] },
  })
  expect(decodeModel(toBinary(ModelProtoSchema, model))).toEqual(model)
  const packed = field(dimsOfTensor, Uint8Array.of(2, 172, 2))
  expect(decodeModel(graph(field(initializerOfGraph, packed))).graph?.initializer[0]?.dims).toEqual([2n, 300n])
  const unknown = new BinaryWriter().tag(99, WireType.Varint).uint32(5).finish()
  expect(decodeModel(Buffer.concat([unknown, graph()])).graph).toBeDefined()
})

test.each<[string, Uint8Array, string]>([
  ['a field that goes on after the file', lying(graphOfModel, empty, 5), 'ends outside of what it is in'],
  ['a negative length', Uint8Array.of(0x3a, ...repeated(Uint8Array.of(0xff), 9), 1), 'ends outside of what it is in'],
  [
    'a message that ends outside of the one around it',
    Buffer.concat([graph(lying(nodeOfGraph, empty, 2)), empty, field(metadataOfModel, empty)]),
    'ends outside of what it is in',
  ],
  [
    'a string that ends outside of its message',
    Buffer.concat([graph(field(initializerOfGraph, lying(nameOfTensor, empty, 3))), text, text, text]),
    'ends outside of it',
  ],
  ['bytes in the place of a number', graph(field(initializerOfGraph, field(2, text))), 'is written as another type'],
  [
    'a number in the place of a message',
    new BinaryWriter().tag(graphOfModel, WireType.Varint).uint32(1).finish(),
    'is no message',
  ],
  [
    'a packed list that ends within an element',
    graph(field(initializerOfGraph, field(int64DataOfTensor, Uint8Array.of(1, 0x80)))),
    'ends within an element',
  ],
  [
    'floats of three bytes',
    graph(field(initializerOfGraph, field(4, Uint8Array.of(1, 2, 3)))),
    'ends within an element',
  ],
  ['a number of twelve bytes', Uint8Array.of(0x08, ...repeated(Uint8Array.of(0xff), 11), 1), 'invalid varint'],
  ['graphs inside of graphs', nested(40), 'nested too deeply'],
  ['a thousand levels', nested(1000), 'nested too deeply'],
  ['groups inside of groups', repeated(Uint8Array.of(0x9b, 0x06), 50_000), 'recursion'],
  ['field number 0', Uint8Array.of(0, 1), 'illegal tag'],
])('refused: %s', (_, bytes, message) => {
  expect(() => decodeModel(bytes)).toThrow(DataError)
  expect(() => decodeModel(bytes)).toThrow(message)
})

// Each of these would decode to hundreds of megabytes of objects, in seconds.
test.each<[string, Uint8Array]>([
  ['empty tensors', graph(repeated(field(initializerOfGraph, empty), 2_000_000))],
  ['empty inputs', graph(repeated(field(inputOfGraph, empty), 4_000_000))],
  ['empty attributes', graph(field(nodeOfGraph, repeated(field(attributeOfNode, empty), 2_000_000)))],
  ['integers of one byte', graph(field(initializerOfGraph, field(int64DataOfTensor, new Uint8Array(8_000_000))))],
  ['fields that nobody knows', repeated(Uint8Array.of(0xf8, 0x01, 1), 1_000_000)],
])('refused before they take memory: %s', (_, bytes) => {
  const before = process.memoryUsage()
  expect(() => decodeModel(bytes)).toThrow('more small parts than a model of its size')
  const after = process.memoryUsage()
  expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(64 * 2 ** 20)
})

test('large tensors stay views of the file', () => {
  const bytes = graph(field(initializerOfGraph, field(rawDataOfTensor, new Uint8Array(1000))))
  expect(decodeModel(bytes).graph?.initializer[0]?.rawData.buffer).toBe(bytes.buffer)
})
