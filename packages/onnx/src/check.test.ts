import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { DataError, ProgramError, valueOf } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { attributeProtos, graphAttribute, type OnnxAttributes } from './attributes.ts'
import { checkModel } from './check.ts'
import {
  type GraphProtoSchema,
  GraphProtoSchema as graphSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from './generated/onnx_pb.ts'
import { decodeModel } from './read/decode.ts'
import { tensorProto, valueInfo } from './tensor-proto.ts'

type Graph = MessageInitShape<typeof GraphProtoSchema>
type Node = MessageInitShape<typeof NodeProtoSchema>

const float = (...shape: number[]) => ({ dtype: 'float32' as const, shape })
const x = valueInfo('x', float(2, 3))
const y = valueInfo('y', float(2, 3))

function model(graph: Graph, version = 21n): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version }],
    graph: { name: 'g', input: [x], output: [y], ...graph },
  })
}

function node(opType: string, input: string[], output: string[], attributes: OnnxAttributes = {}, name = ''): Node {
  return { opType, input, output, attribute: attributeProtos(attributes), name }
}

const relu = node('Relu', ['x'], ['y'])
const int64 = (name: string, numbers: number[]) => tensorProto(name, valueOf('int64', [numbers.length], numbers))
/** A shape whose numbers are in another file. */
const shapeElsewhere = {
  ...int64('s', [2, 3]),
  rawData: new Uint8Array(0),
  dataLocation: TensorProto_DataLocation.EXTERNAL,
  externalData: [create(StringStringEntryProtoSchema, { key: 'location', value: 's.bin' })],
}
const matrix = tensorProto('w', valueOf('float32', [4, 3], new Array(12).fill(0)))

function bodied(inner: string): Node {
  const body = create(graphSchema, {
    name: 'body',
    input: [valueInfo('i', { dtype: 'int64', shape: [] }), valueInfo('c', { dtype: 'bool', shape: [] })],
    output: [valueInfo('d', { dtype: 'bool', shape: [] }), valueInfo('z', float(2, 3))],
    node: [node('Identity', ['c'], ['d']), node('Relu', [inner], ['z'])],
  })
  return { ...node('Loop', ['', ''], ['y']), attribute: [graphAttribute('body', body)] }
}

test.each([
  ['one operator', model({ node: [relu] })],
  [
    'a matrix product with a kernel',
    model({
      node: [node('MatMul', ['x', 'v'], ['y'])],
      initializer: [tensorProto('v', valueOf('float32', [3, 3], new Array(9).fill(0)))],
    }),
  ],
  [
    'a shape that is not in the file',
    model({ node: [node('Reshape', ['x', 's'], ['y'])], initializer: [shapeElsewhere] }),
  ],
  ['operators that gradwerk does not emit', model({ node: [node('Celu', ['x'], ['y'], { alpha: { float: 1 } })] })],
  [
    'a default value of an input',
    model({ node: [relu], initializer: [tensorProto('x', valueOf('float32', [2, 3], [0, 0, 0, 0, 0, 0]))] }),
  ],
  ['a body that uses what stands around it', model({ node: [bodied('x')], output: [valueInfo('y', float(1, 2, 3))] })],
])('%s: sound', (_, sound) => {
  expect(() => checkModel(sound)).not.toThrow()
})

test.each<[string, ModelProto, string]>([
  [
    'uses a value before it is made',
    model({ node: [node('Relu', ['z'], ['y']), node('Neg', ['x'], ['z'])] }),
    "uses 'z' before",
  ],
  ['makes a value twice', model({ node: [relu, relu] }), "two values are named 'y'"],
  ['hides an input', model({ node: [node('Relu', ['x'], ['x'])] }), "two values are named 'x'"],
  [
    'hides an outer value inside',
    model({ node: [node('Neg', ['x'], ['z']), bodied('z')] }),
    "graph 'body': two values are named 'z'",
  ],
  [
    'names two nodes alike',
    model({ node: [node('Neg', ['x'], ['z'], {}, 'n'), node('Relu', ['z'], ['y'], {}, 'n')] }),
    "two nodes are named 'n'",
  ],
  [
    'lacks an output',
    model({ node: [relu], output: [valueInfo('other', float(2, 3))] }),
    "output 'other' is never made",
  ],
  ['has no outputs', model({ node: [relu], output: [] }), 'it has no output'],
  ['has a graph without a name', model({ node: [relu], name: '' }), 'it has no name'],
  ['has an input without a type', model({ node: [relu], input: [{ name: 'x' }] }), "'x' has no type"],
  ['has a node without an operator', model({ node: [node('', ['x'], ['y'])] }), 'has no operator or no output'],
  [
    'uses an undeclared domain',
    model({ node: [{ ...relu, domain: 'com.microsoft' }] }),
    "undeclared domain 'com.microsoft'",
  ],
  ['has no graph', create(ModelProtoSchema, {}), 'no graph'],
  [
    'has no format version',
    create(ModelProtoSchema, { ...model({ node: [relu] }), irVersion: 0n }),
    'no format version',
  ],
  [
    'holds an initializer for nothing',
    model({ node: [relu], initializer: [matrix] }),
    "initializer 'w' is used by nothing",
  ],
  ['misspells an operator', model({ node: [node('Rleu', ['x'], ['y'])] }), "ONNX has no operator 'Rleu'"],
  [
    'misspells an attribute',
    model({ node: [node('Softmax', ['x'], ['y'], { axes: { int: 1 } })] }),
    "no attribute 'axes' in operator set 21; expected axis",
  ],
  [
    'has an attribute of another kind',
    model({ node: [node('Softmax', ['x'], ['y'], { axis: { float: 1 } })] }),
    "the attribute 'axis' is of the wrong kind; expected int",
  ],
  [
    'has an attribute that became an input',
    model({ node: [node('ReduceMean', ['x'], ['y'], { axes: { ints: [0] } })] }),
    "no attribute 'axes' in operator set 21",
  ],
  [
    'gives too few inputs',
    model({ node: [node('Add', ['x'], ['y'])] }),
    'the number of inputs is wrong; expected 2; got 1',
  ],
  ['takes too many outputs', model({ node: [node('Relu', ['x'], ['y', 'z'])] }), 'the number of outputs is wrong'],
  [
    'mixes element types',
    model({ node: [node('Cast', ['x'], ['z'], { to: { dtype: 'int64' } }), node('Add', ['x', 'z'], ['y'])] }),
    'the inputs have different element types; got FLOAT [2, 3] and INT64 [2, 3]',
  ],
  [
    'multiplies what does not fit',
    model({ node: [node('MatMul', ['x', 'w'], ['y'])], initializer: [matrix] }),
    '(MatMul): inner lengths 3 and 4 differ; got FLOAT [2, 3] and FLOAT [4, 3]',
  ],
  [
    'reshapes to another size',
    model({ node: [node('Reshape', ['x', 's'], ['y'])], initializer: [int64('s', [4, 2])] }),
    '6 elements do not fill 8',
  ],
  [
    'declares another shape',
    model({ node: [node('Transpose', ['x'], ['y'])] }),
    "'y', made by node '' (Transpose), has another type than declared; expected FLOAT [2, 3]; got FLOAT [3, 2]",
  ],
  [
    'declares another type inside',
    model({
      node: [node('Neg', ['x'], ['z']), node('Relu', ['z'], ['y'])],
      valueInfo: [valueInfo('z', { dtype: 'int32', shape: [2, 3] })],
    }),
    'expected INT32 [2, 3]; got FLOAT [2, 3]',
  ],
  [
    'has a default of another shape',
    model({ node: [relu], initializer: [tensorProto('x', valueOf('float32', [2, 2], [0, 0, 0, 0]))] }),
    "initializer 'x' has another type than declared",
  ],
  [
    'has bytes that do not fill a shape',
    model({ node: [node('MatMul', ['x', 'w'], ['y'])], initializer: [{ ...matrix, dims: [3n, 3n] }] }),
    "initializer 'w' has 48 bytes for 9 elements of 4",
  ],
  [
    'has a negative length',
    model({ node: [node('MatMul', ['x', 'w'], ['y'])], initializer: [{ ...matrix, dims: [-4n, -3n] }] }),
    'has a negative length',
  ],
])('a model that %s is refused', (_, broken, message) => {
  expect(() => checkModel(broken)).toThrow(ProgramError)
  expect(() => checkModel(broken)).toThrow(message)
})

test('an operator that is newer than the operator set is refused', () => {
  const swish = model({ node: [node('Swish', ['x'], ['y'], {}, 'last')] })
  expect(() => checkModel(swish)).toThrow(
    "node 'last' is of an operator that came later: Swish; expected operator set 24 or newer; got operator set 21",
  )
})

// What ONNX's own shape inference gives for x float32 [2, 3, 8, 8]; '?' where it is not told.
test.each<[string, OnnxAttributes, string[], string]>([
  ['Conv', { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 0, 0] } }, ['image', 'kernel'], 'FLOAT [2, 4, 4, 4]'],
  ['MaxPool', { kernel_shape: { ints: [2, 3] } }, ['image'], 'FLOAT [2, 3, 7, 6]'],
  ['ReduceMean', { keepdims: { int: 0 } }, ['image', 'axes'], 'FLOAT [2, 3]'],
  ['ReduceSum', {}, ['image', 'axes'], 'FLOAT [2, 3, 1, 1]'],
  ['ArgMax', { axis: { int: 1 }, keepdims: { int: 0 } }, ['image'], 'INT64 [2, 8, 8]'],
  ['Slice', {}, ['image', 'starts', 'ends', 'axes'], 'FLOAT [2, 3, 5, 7]'],
  ['Reshape', {}, ['image', 'target'], 'FLOAT [2, 192]'],
  ['Unsqueeze', {}, ['image', 'axes'], 'FLOAT [2, 3, 1, 1, 8, 8]'],
  ['Gather', { axis: { int: 1 } }, ['image', 'axes'], 'FLOAT [2, 2, 8, 8]'],
  ['Concat', { axis: { int: -1 } }, ['image', 'image'], 'FLOAT [2, 3, 8, 16]'],
  ['Pad', {}, ['image', 'pads'], 'FLOAT [2, 3, 9, 10]'],
  ['Equal', {}, ['image', 'kernel1'], 'BOOL [2, 3, 8, 8]'],
  ['Transpose', { perm: { ints: [0, 2, 3, 1] } }, ['image'], 'FLOAT [2, 8, 8, 3]'],
])('the type of %s %j', (opType, attributes, input, expected) => {
  const values = {
    image: valueInfo('image', float(2, 3, 8, 8)),
    kernel: valueInfo('kernel', float(4, 3, 2, 2)),
    kernel1: valueInfo('kernel1', float(3, 1, 1)),
  }
  const lists = { axes: [2, 3], starts: [-5, 0], ends: [2 ** 31, -1], target: [0, -1], pads: [0, 0, 0, 1, 0, 0, 1, 1] }
  const constants = Object.entries(lists).flatMap(([name, numbers]) =>
    input.includes(name) ? [int64(name, numbers)] : [],
  )
  // A declared type that cannot be: the message tells what was found.
  const wrong = model({
    input: Object.values(values),
    initializer: constants,
    node: [node(opType, input, ['y'], attributes)],
    output: [valueInfo('y', { dtype: 'uint8', shape: [] })],
  })
  expect(() => checkModel(wrong)).toThrow(`got ${expected}`)
})

test('bytes that are no model are refused', () => {
  expect(() => decodeModel(Uint8Array.of(255, 255, 255))).toThrow(DataError)
})
