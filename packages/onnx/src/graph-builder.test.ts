import { OptionError, ProgramError, valueOf } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { GraphBuilder } from './graph-builder.ts'
import { encodeModel } from './model.ts'
import { irVersionOf } from './opset.ts'
import { decodeModel } from './read/decode.ts'

const vector = { dtype: 'float32', shape: [2] } as const

function builder(opset = 21): GraphBuilder {
  const made = new GraphBuilder(opset)
  made.input(made.names.take('x'), vector)
  return made
}

test('equal nodes are one node, and nodes that differ in an attribute are two', () => {
  const graph = builder()
  const a = graph.node('LeakyRelu', ['x'], { alpha: { float: 0.1 } })
  expect(graph.node('LeakyRelu', ['x'], { alpha: { float: 0.1 } })).toBe(a)
  expect(graph.node('LeakyRelu', ['x'], { alpha: { float: 0.2 } })).not.toBe(a)
  expect(graph.nodes('Split', ['x'], 2)).not.toEqual(graph.nodes('Split', ['x'], 1))
  expect(graph.build('g').node).toHaveLength(4)
})

test('equal constants are one initializer; type, shape and bits tell constants apart', () => {
  const graph = builder()
  const names = [
    graph.constant(valueOf('float32', [2], [1, 0])),
    graph.constant(valueOf('float32', [2], [1, 0])),
    graph.constant(valueOf('float32', [2, 1], [1, 0])),
    graph.constant(valueOf('int32', [2], [1, 0])),
    graph.constant(valueOf('float32', [2], [1, -0])),
  ]
  expect(new Set(names).size).toBe(4)
  expect(names[1]).toBe(names[0])
  expect(graph.build('g').initializer).toHaveLength(4)
})

test('attributes, constants and types survive encoding', () => {
  const graph = builder()
  const constant = graph.constant(valueOf('int64', [2], [3, -1]))
  const made = graph.node('Celu', ['x', constant], {
    whole: { int: -(2 ** 31) },
    real: { float: 0.5 },
    list: { ints: [1, -2] },
    text: { string: 'add' },
    to: { dtype: 'bool' },
  })
  graph.output(graph.names.take('y'), made, vector)
  const model = decodeModel(encodeModel(graph, { name: 'g', metadata: { key: 'value' } }))
  const attributes = Object.fromEntries(
    model.graph?.node[0]?.attribute.map((attribute) => [attribute.name, attribute]) ?? [],
  )
  expect(attributes.whole?.i).toBe(-(2n ** 31n))
  expect(attributes.real?.f).toBe(0.5)
  expect(attributes.list?.ints).toEqual([1n, -2n])
  expect(new TextDecoder().decode(attributes.text?.s)).toBe('add')
  expect(attributes.to?.i).toBe(9n)
  const [initializer] = model.graph?.initializer ?? []
  expect(new BigInt64Array(initializer?.rawData.slice().buffer ?? new ArrayBuffer(0))).toEqual(
    BigInt64Array.of(3n, -1n),
  )
  expect(model.metadataProps[0]).toMatchObject({ key: 'key', value: 'value' })
  expect(model.producerName).toBe('gradwerk')
})

test('an output renames the value it holds; inputs and values with two names go through Identity', () => {
  const graph = builder()
  const y = graph.node('Relu', ['x'])
  const z = graph.node('Neg', [y])
  for (const name of ['first', 'second', 'same', 'last']) graph.names.take(name)
  graph.output('first', y, vector)
  graph.output('second', graph.nameNow(y), vector)
  graph.output('same', 'x', vector)
  graph.output('last', z, vector)
  const { node, output } = graph.build('g')
  expect(output.map(({ name }) => name)).toEqual(['first', 'second', 'same', 'last'])
  expect(node.map(({ opType, input, output }) => `${opType}(${input}) = ${output}`)).toEqual([
    'Relu(x) = first',
    'Neg(first) = last',
    'Identity(first) = second',
    'Identity(x) = same',
  ])
  expect(() => encodeModel(graph, { name: 'g' })).not.toThrow()
})

test('two values of one name, and operators newer than the operator set, are refused', () => {
  expect(() => builder().names.take('x')).toThrow(ProgramError)
  const graph = builder(17)
  graph.lowering = 'bitwiseAnd'
  expect(() => graph.node('BitwiseAnd', ['x', 'x'])).toThrow(OptionError)
  expect(() => graph.node('BitwiseAnd', ['x', 'x'])).toThrow(
    'bitwiseAnd: its lowering uses the ONNX operator BitwiseAnd; expected operator set 18 or newer; got opset 17; try opset: 18',
  )
})

test('models name the domains of their operators', () => {
  const graph = builder()
  graph.output(graph.names.take('y'), graph.node('com.microsoft.QuickGelu', ['x']), vector)
  const model = decodeModel(encodeModel(graph, { name: 'g' }))
  expect(model.graph?.node[0]).toMatchObject({ opType: 'QuickGelu', domain: 'com.microsoft' })
  expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
    ['', 21n],
    ['com.microsoft', 1n],
  ])
  expect(irVersionOf(17)).toBe(8)
})
