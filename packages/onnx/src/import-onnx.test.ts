import { create, toBinary } from '@bufbuild/protobuf'
import {
  DataError,
  GradwerkError,
  keyOf,
  type Layer,
  type LayerContext,
  matmul,
  mul,
  OptionError,
  PluginError,
  ProgramError,
  randomStream,
  type Tensor,
  type TrainedModel,
  valueOf,
} from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { exportOnnx } from './export-onnx.ts'
import {
  type ModelProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
} from './generated/onnx_pb.ts'
import { importOnnx } from './import-onnx.ts'
import { decodeModel } from './read/decode.ts'

const zeros = { kind: 'initializer', name: 'zeros', options: {}, sample: () => new Float32Array(6) } as const

/** x·w, times a state. */
const scaled = ({ units }: { units: number }): Layer => ({
  kind: 'layer',
  name: 'scaled',
  options: { units },
  apply(x, context) {
    const shape = [3, units]
    const place = { role: 'kernel', initializer: zeros, outputAxes: [1], inputAxes: [0] } as const
    return mul(
      matmul(x, context.parameter('w', { shape, ...place })),
      context.state('scale', { shape: [], initial: 1 }),
    )
  },
})

const plugins = [{ scaled }]
const model: TrainedModel = {
  layer: scaled({ units: 2 }),
  input: { shape: [3], dtype: 'float32' },
  parameters: { w: valueOf('float32', [3, 2], [1, 2, 3, 4, 5, 6]) },
  state: { scale: valueOf('float32', [], [10]) },
}
const bytes = await exportOnnx(model)

/** The exported file with something changed in it. */
function changed(change: (message: ModelProto) => void): Uint8Array {
  const message = decodeModel(bytes)
  change(message)
  return toBinary(ModelProtoSchema, message)
}

const metadata = (key: string, value: string) =>
  changed((message) => {
    for (const props of message.metadataProps) if (props.key === key) props.value = value
  })

/** The exported file with something changed in the tensor w. */
const changedTensor = (change: (tensor: TensorProto) => void) =>
  changed(({ graph }) => {
    for (const tensor of graph?.initializer ?? []) if (tensor.name === 'w') change(tensor)
  })

const retyped = (dataType: number) =>
  changedTensor((tensor) => {
    tensor.dataType = dataType
  })

test('what was exported comes back, and exports to the same file', async () => {
  const imported = await importOnnx(bytes, { plugins })
  expect(JSON.stringify(imported.layer)).toBe(JSON.stringify(model.layer))
  expect({ ...imported, layer: model.layer }).toEqual(model)
  expect(await exportOnnx(imported)).toEqual(bytes)
})

test('values that only training uses come back from the metadata, whether evaluation knows of them or not', async () => {
  const counting: TrainedModel = {
    ...model,
    layer: {
      ...model.layer,
      apply(x: Tensor, context: LayerContext) {
        context.state('count', { shape: [2], initial: 0 })
        if (context.batchStatistics) context.state('batches', { shape: [], initial: 0 })
        return scaled({ units: 2 }).apply(x, context)
      },
    },
    state: { ...model.state, count: valueOf('float32', [2], [0.1, -3]), batches: valueOf('float32', [], [7]) },
  }
  const registry = [{ scaled: () => counting.layer }]
  const file = await exportOnnx(counting)
  const imported = await importOnnx(file, { plugins: registry })
  expect(imported.state).toEqual(counting.state)
  expect(await exportOnnx(imported)).toEqual(file)
  const other = { shape: [3], dtype: 'float32', data: [1, 2, 3] }
  for (const [state, message] of [
    [{ count: { data: [1] } }, "the metadata 'gradwerk.unused' is not valid"],
    [{ count: { ...other, shape: [2] } }, 'the data does not fill the shape [2]'],
    [{ count: { ...other, shape: [1e12] } }, 'the data does not fill the shape [1000000000000]'],
    [
      { count: other },
      "the metadata holds 'count' with another type than the model has; expected float32 [2]; got float32 [3]",
    ],
  ] as const) {
    const broken = decodeModel(file)
    for (const entry of broken.metadataProps)
      if (entry.key === 'gradwerk.unused') entry.value = JSON.stringify({ parameters: {}, state })
    const importing = importOnnx(toBinary(ModelProtoSchema, broken), { plugins: registry })
    await expect(importing).rejects.toThrow(DataError)
    await expect(importing).rejects.toThrow(message)
  }
})

test('half floats and external data come back as numbers', async () => {
  const half = await exportOnnx(model, { float16: true })
  expect((await importOnnx(half, { plugins })).parameters).toEqual(model.parameters)
  const beside = changedTensor((tensor) => {
    tensor.rawData = new Uint8Array()
    tensor.dataLocation = 1
    for (const [key, value] of [
      ['location', 'w.bin'],
      ['offset', '4'],
    ] as const)
      tensor.externalData.push(create(StringStringEntryProtoSchema, { key, value }))
  })
  const external = () => new Blob([Float32Array.of(0, 1, 2, 3, 4, 5, 6)])
  expect((await importOnnx({ bytes: beside, external }, { plugins })).parameters).toEqual(model.parameters)
  await expect(importOnnx(beside, { plugins })).rejects.toThrow('which was not given')
})

describe('refused', () => {
  const renamed = (from: string, to: string) =>
    changed(({ graph }) => {
      for (const tensor of graph?.initializer ?? []) if (tensor.name === from) tensor.name = to
      for (const node of graph?.node ?? []) node.input = node.input.map((name) => (name === from ? to : name))
    })

  test.each<[string, Uint8Array, typeof GradwerkError, string]>([
    ['no model', Uint8Array.of(1, 2, 3), DataError, 'not an ONNX model'],
    ['nothing', new Uint8Array(), DataError, 'the model has no graph'],
    [
      'a model of someone else',
      changed(({ metadataProps }) => void metadataProps.splice(0)),
      DataError,
      "no metadata 'gradwerk.model' and 'gradwerk.input'; expected a file that exportOnnx wrote; try loadWeights",
    ],
    [
      'two descriptions',
      changed(({ metadataProps }) => void metadataProps.push(...metadataProps)),
      DataError,
      "two metadata 'gradwerk.model'",
    ],
    [
      'damaged JSON',
      metadata('gradwerk.model', '{"kind":'),
      DataError,
      "the metadata 'gradwerk.model' is damaged; got SyntaxError",
    ],
    [
      'an unknown layer',
      metadata('gradwerk.model', '{"kind":"layer","name":"other","options":{}}'),
      PluginError,
      "no factory for the layer 'other'",
    ],
    [
      'a factory that everything has',
      metadata('gradwerk.model', '{"kind":"layer","name":"constructor","options":{}}'),
      PluginError,
      "no factory for the layer 'constructor'",
    ],
    [
      'no layer',
      metadata('gradwerk.model', '[1]'),
      DataError,
      "the metadata 'gradwerk.model' describes no layer; got [1]",
    ],
    [
      'options that its factory does not survive',
      metadata('gradwerk.model', '{"kind":"layer","name":"scaled","options":null}'),
      DataError,
      "the metadata 'gradwerk.model' does not describe a model; got TypeError",
    ],
    [
      'a description of endless depth',
      metadata('gradwerk.model', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      DataError,
      "'gradwerk.model'",
    ],
    [
      'an input that is no type',
      metadata('gradwerk.input', '{"shape":[-3],"dtype":"float32"}'),
      DataError,
      "the metadata 'gradwerk.input' is not valid",
    ],
    [
      'an input of terabytes',
      metadata('gradwerk.input', '{"shape":[1000000,1000000],"dtype":"float32"}'),
      DataError,
      'at most 134217728 elements',
    ],
    [
      'an input that the layer does not take',
      metadata('gradwerk.input', '{"shape":[4],"dtype":"float32"}'),
      GradwerkError,
      'matmul',
    ],
    [
      'weights of another shape',
      metadata('gradwerk.model', '{"kind":"layer","name":"scaled","options":{"units":1000000000}}'),
      DataError,
      "1 of 2 parameters and states have no fitting tensor: w float32 [3, 1000000000] ('w' is float32 [3, 2])",
    ],
    [
      'weights of another name',
      renamed('w', 'v'),
      DataError,
      "w float32 [3, 2] (the file has no 'w'); got besides these, the tensors 'v' float32 [3, 2]",
    ],
    ['weights of another type', retyped(6), ProgramError, 'the inputs have different element types'],
    [
      'two tensors of one name',
      changed(({ graph }) => void graph?.initializer.push(...graph.initializer)),
      DataError,
      "two tensors are named 'w'",
    ],
    [
      'a graph that is out of order',
      changed(({ graph }) => void graph?.node.reverse()),
      ProgramError,
      'before it is made',
    ],
  ])('%s', async (_, file, type, message) => {
    const importing = importOnnx(file, { plugins })
    await expect(importing).rejects.toThrow(type)
    await expect(importing).rejects.toThrow(message)
  })

  test.each([undefined, null, 'model.onnx', [], { bytes: 'model' }])('%j in place of bytes', async (file) => {
    const importing = importOnnx(file as unknown as Uint8Array, { plugins })
    await expect(importing).rejects.toThrow(DataError)
    await expect(importing).rejects.toThrow('importOnnx: the file is not given as bytes')
  })

  test('a call without namespaces', async () => {
    await expect(importOnnx(bytes, {} as { plugins: [] })).rejects.toThrow(OptionError)
    await expect(importOnnx(bytes, {} as { plugins: [] })).rejects.toThrow("importOnnx: option 'plugins' is not valid")
  })
})

test('whatever byte is changed and wherever the file ends: an error of its own kind, or a model', async () => {
  const random = randomStream(keyOf(1))
  const damaged = Array.from({ length: 4000 }, (_, i) => {
    if (i % 4 === 0) return bytes.slice(0, random.integer(bytes.length))
    const copy = bytes.slice()
    for (let flips = 1 + random.integer(3); flips > 0; flips--) copy[random.integer(copy.length)] = random.integer(256)
    return copy
  })
  const outcomes = await Promise.all(
    damaged.map((file) =>
      importOnnx(file, { plugins }).then(
        () => 'read',
        (error: unknown) => (error instanceof GradwerkError ? error.name : error),
      ),
    ),
  )
  expect(new Set(outcomes)).toEqual(new Set(['read', 'DataError', 'PluginError', 'ProgramError', 'ShapeError']))
})
