import { create } from '@bufbuild/protobuf'
import { DataError, ProgramError } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { checkModel } from './check.ts'
import { ModelProtoSchema } from './generated/onnx_pb.ts'
import { decodeModel } from './read/decode.ts'

type Node = { opType: string; input: string[]; output: string[]; domain?: string }

function model(node: Node[], output = 'y', version = 21n) {
  return create(ModelProtoSchema, {
    opsetImport: [{ domain: '', version }],
    graph: { name: 'g', input: [{ name: 'x' }], output: [{ name: output }], node },
  })
}

const relu: Node = { opType: 'Relu', input: ['x'], output: ['y'] }

test('a sound model passes', () => {
  expect(() => checkModel(model([relu]))).not.toThrow()
})

test.each([
  [
    'uses a value before it is made',
    model([
      { ...relu, input: ['z'] },
      { opType: 'Neg', input: ['x'], output: ['z'] },
    ]),
    "uses 'z' before",
  ],
  ['makes a value twice', model([relu, relu]), "two values are named 'y'"],
  ['hides an input', model([{ ...relu, output: ['x'] }]), "two values are named 'x'"],
  ['lacks an output', model([relu], 'other'), "output 'other' is never made"],
  ['uses an undeclared domain', model([{ ...relu, domain: 'com.microsoft' }]), "undeclared domain 'com.microsoft'"],
  ['has no graph', create(ModelProtoSchema, {}), 'no graph'],
])('a model that %s is refused', (_, broken, message) => {
  expect(() => checkModel(broken)).toThrow(ProgramError)
  expect(() => checkModel(broken)).toThrow(message)
})

test('bytes that are no model are refused', () => {
  expect(() => decodeModel(Uint8Array.of(255, 255, 255))).toThrow(DataError)
})
