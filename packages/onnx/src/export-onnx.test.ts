import {
  add,
  DataError,
  dynamic,
  type Layer,
  matmul,
  mul,
  OptionError,
  relu,
  reshape,
  type TrainedModel,
  valueOf,
} from '@gradwerk/core'
import { expect, test } from 'vitest'
import { checkModel } from './check.ts'
import { exportOnnx, exportOnnxFiles, onnxExporter } from './export-onnx.ts'
import { TensorProto_DataLocation as DataLocation, TensorProto_DataType as DataType } from './generated/onnx_pb.ts'
import { decodeModel } from './read/decode.ts'
import { embedExternal } from './read/embed.ts'

const zeros = { kind: 'initializer', name: 'zeros', options: {}, sample: () => new Float32Array(6) } as const

/** x·w, times a state and a hyper-parameter. */
const scaled: Layer = {
  kind: 'layer',
  name: 'scaled',
  options: { rate: 2 },
  apply(x, context) {
    const w = context.parameter('w', {
      shape: [3, 2],
      role: 'kernel',
      initializer: zeros,
      outputAxes: [1],
      inputAxes: [0],
    })
    const state = context.state('scale', { shape: [], initial: 1 })
    return mul(mul(matmul(x, w), state), context.hyperparameter('rate', 2))
  },
}

const model: TrainedModel = {
  layer: scaled,
  input: { shape: [3], dtype: 'float32' },
  parameters: { w: valueOf('float32', [3, 2], [1, 2, 3, 4, 5, 6]) },
  state: { scale: valueOf('float32', [], [10]) },
}

test('weights and statistics are initializers under their own names, and the batch axis is symbolic', async () => {
  const { graph, metadataProps } = decodeModel(await exportOnnx(model))
  expect(graph?.input.map(({ name }) => name)).toEqual(['input'])
  expect(graph?.output.map(({ name }) => name)).toEqual(['output'])
  const type = graph?.output[0]?.type?.value
  expect(type?.case === 'tensorType' && type.value.shape?.dim.map(({ value }) => value.value)).toEqual(['batch', 2n])
  expect(graph?.initializer.map(({ name }) => name)).toEqual(['w', 'scale', 'constant'])
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]))
  expect(JSON.parse(metadata['gradwerk.model'] ?? '')).toEqual({ kind: 'layer', name: 'scaled', options: { rate: 2 } })
  expect(JSON.parse(metadata['gradwerk.input'] ?? '')).toEqual(model.input)
})

test('a value that is missing or has another shape is named', async () => {
  await expect(exportOnnx({ ...model, parameters: {} })).rejects.toThrow(DataError)
  const wrong = { w: valueOf('float32', [2, 3], [1, 2, 3, 4, 5, 6]) }
  await expect(exportOnnx({ ...model, parameters: wrong })).rejects.toThrow(
    "exportOnnx: the value of 'w' has the wrong type; expected float32 [3, 2]; got float32 [2, 3]",
  )
})

test('operator sets outside the tested range are refused', async () => {
  await expect(exportOnnx(model, { opset: 16 })).rejects.toThrow(OptionError)
  await expect(exportOnnx(model, { opset: 99 })).rejects.toThrow('from 17 to')
})

/** relu(scaled(x)) twice over what a block adds to its input. */
const block: Layer = {
  kind: 'layer',
  name: 'block',
  options: {},
  apply(x, context) {
    const shifted = add(x, 1)
    const inner = context.child('scaled', scaled, shifted)
    return relu(add(inner, context.child('scaled', scaled, add(x, shifted))))
  },
}
const nested: TrainedModel = {
  ...model,
  layer: { ...block, apply: (x, context) => relu(context.child('block', block, x)) },
  parameters: Object.fromEntries(
    ['', '_1'].map((n) => [`block.scaled${n}.w`, valueOf('float32', [3, 2], [1, 2, 3, 4, 5, 6])]),
  ),
  state: Object.fromEntries(['', '_1'].map((n) => [`block.scaled${n}.scale`, valueOf('float32', [], [1])])),
}

test('nodes are named after the layer that makes them, and their types are written down', async () => {
  const { graph } = decodeModel(await exportOnnx(nested))
  expect(graph?.node.map(({ name, output }) => [name, ...output].join(' = '))).toEqual([
    'block/Add = block/Add',
    'block.scaled/Gemm = block.scaled/Gemm',
    'block.scaled/Mul = block.scaled/Mul',
    'block.scaled/Mul_1 = block.scaled/Mul_1',
    'block/Add_1 = block/Add_1',
    'block.scaled_1/Gemm = block.scaled_1/Gemm',
    'block.scaled_1/Mul = block.scaled_1/Mul',
    'block.scaled_1/Mul_1 = block.scaled_1/Mul_1',
    'block/Add_2 = block/Add_2',
    'block/Relu = block/Relu',
    'Relu = output',
  ])
  expect(graph?.valueInfo.map(({ name }) => name)).toEqual(graph?.node.flatMap(({ output }) => output).slice(0, -1))
  const type = graph?.valueInfo[1]?.type?.value
  expect(type?.case === 'tensorType' && type.value.shape?.dim.map(({ value }) => value.value)).toEqual([undefined, 2n])
})

test('bytes can go in, and probabilities and classes come out', async () => {
  const { graph, metadataProps } = decodeModel(
    await exportOnnx(model, { preprocess: { scale: 1 / 255 }, postprocess: ['softmax', 'argMax'] }),
  )
  expect(graph?.node.slice(0, 2).map(({ name }) => name)).toEqual(['preprocess/Cast', 'preprocess/Mul'])
  const types = [...(graph?.input ?? []), ...(graph?.output ?? [])].map(({ name, type }) => {
    const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined
    return [name, tensor?.elemType, tensor?.shape?.dim.map(({ value }) => value.value)]
  })
  expect(types).toEqual([
    ['input', DataType.UINT8, ['batch', 3n]],
    ['output', DataType.FLOAT, ['batch', 2n]],
    ['probabilities', DataType.FLOAT, ['batch', 2n]],
    ['class', DataType.INT32, ['batch']],
  ])
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, JSON.parse(value)]))
  expect(metadata['gradwerk.input']).toEqual(model.input)
  expect(metadata['gradwerk.preprocess']).toEqual({ scale: 1 / 255 })
  const whole = { ...model, input: { shape: [dynamic], dtype: 'int32' as const } }
  await expect(exportOnnx(whole, { preprocess: { scale: 1 } })).rejects.toThrow(
    "option 'preprocess' is for models that",
  )
})

test('weights of half precision keep their names and are rounded to the nearest, ties to even', async () => {
  const weights = [1 / 3, 2049, 2051, -65504, 2 ** -25, 1e-9]
  const rounded = { ...model, parameters: { w: valueOf('float32', [3, 2], weights) } }
  const { graph } = decodeModel(await exportOnnx(rounded, { float16: true }))
  const [w, scale] = graph?.initializer ?? []
  expect([w?.name, w?.dataType, scale?.name, scale?.dataType]).toEqual(['w', DataType.FLOAT16, 'scale', DataType.FLOAT])
  // 1/3 ≈ 0x3555; 2049 and 2051 lie in the middle of 2048, 2050 and 2052; 2⁻²⁵ in the middle of 0 and the least number.
  expect([...new Uint16Array(w?.rawData.slice().buffer ?? new ArrayBuffer(0))]).toEqual([
    0x3555, 0x6800, 0x6802, 0xfbff, 0, 0,
  ])
  expect(graph?.node[0]).toMatchObject({ name: 'w/Cast', opType: 'Cast', input: ['w'] })
  const large = { ...model, parameters: { w: valueOf('float32', [3, 2], [0, 65520, 0, 0, 0, 0]) } }
  await expect(exportOnnx(large, { float16: true })).rejects.toThrow(
    "exportOnnx: 'w' (float32 [3, 2]) does not fit into float16; expected numbers from -65504 to 65504; got 65520; try float16: false",
  )
})

test('large tensors go to a file of their own, at multiples of a page', async () => {
  const files = await exportOnnxFiles(nested, { fileName: 'a.onnx', leastBytes: 20 })
  expect(Object.keys(files)).toEqual(['a.onnx', 'a.onnx.data'])
  const { graph } = decodeModel(files['a.onnx'] as Uint8Array)
  const outside = graph?.initializer.filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL) ?? []
  expect(outside.map(({ name, rawData }) => [name, rawData.length])).toEqual([
    ['block.scaled.w', 0],
    ['block.scaled_1.w', 0],
  ])
  expect(outside.map(({ externalData }) => externalData.map(({ key, value }) => `${key} ${value}`))).toEqual([
    ['location a.onnx.data', 'offset 0', 'length 24'],
    ['location a.onnx.data', 'offset 4096', 'length 24'],
  ])
  expect([...new Float32Array((files['a.onnx.data'] as Uint8Array).slice(4096).buffer)]).toEqual([1, 2, 3, 4, 5, 6])
  // In one file again, it is the file that was never in two.
  const external = () => new Blob([files['a.onnx.data'] as Uint8Array<ArrayBuffer>])
  const whole = await exportOnnx(nested)
  expect(await embedExternal({ bytes: files['a.onnx'] as Uint8Array, external })).toEqual(whole)
  expect(await embedExternal({ bytes: whole })).toBe(whole)
  await expect(embedExternal({ bytes: files['a.onnx'] as Uint8Array })).rejects.toThrow('which was not given')
  // Nothing is large enough.
  expect(await exportOnnxFiles(model)).toEqual({ 'model.onnx': await exportOnnx(model) })
})

test('shapes stay in the model, where readers look for them', async () => {
  const layer: Layer = { ...scaled, apply: (x, context) => reshape(scaled.apply(x, context), [dynamic, 2, 1]) }
  const files = await exportOnnxFiles({ ...model, layer }, { leastBytes: 1 })
  const file = decodeModel(files['model.onnx'] as Uint8Array)
  const outside = file.graph?.initializer.filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL)
  expect(outside?.map(({ name }) => name)).toEqual(['w', 'scale', 'constant'])
  expect(() => checkModel(file)).not.toThrow()
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a layer', scaled],
  ['a run', { model, history: [] }],
])('%s is no trained model', async (_, given) => {
  const exporting = exportOnnx(given as TrainedModel)
  await expect(exporting).rejects.toThrow(DataError)
  await expect(exporting).rejects.toThrow(
    'exportOnnx: not a trained model; expected { layer, input, parameters, state }',
  )
})

test.each(['', '..', '../model.onnx', 'a/b', 'a\\b', 'C:model'])('the file name %j is refused', async (fileName) => {
  await expect(exportOnnxFiles(model, { fileName })).rejects.toThrow(OptionError)
})

test('metadata is plain JSON under names of its own', async () => {
  const metadata = { classes: ['no', 'yes'], seed: 3, metrics: { accuracy: 0.5 }, remark: { any: ['thing'] } }
  const { metadataProps } = decodeModel(await exportOnnx(model, { metadata }))
  const found = metadataProps.map(({ key, value }) => [key, JSON.parse(value)])
  expect(found.slice(2)).toEqual(Object.entries(metadata).map(([key, value]) => [`gradwerk.${key}`, value]))
  await expect(exportOnnx(model, { metadata: { model: 1 } })).rejects.toThrow("the metadata 'model' is written by the")
  await expect(exportOnnx(model, { metadata: { when: () => 0 } })).rejects.toThrow(
    "option 'metadata.when' is not valid",
  )
  await expect(exportOnnx(model, { metadata: { seed: -1 } })).rejects.toThrow(OptionError)
  await expect(exportOnnx(model, { colour: 1 } as object)).rejects.toThrow("exportOnnx: unknown option 'colour'")
})

test('the exporter is the function as a plugin', async () => {
  const exporter = onnxExporter({ opset: 18 })
  expect(await exporter.export(model)).toEqual(await exportOnnx(model, exporter.options))
})
