import { DataError, type Layer, matmul, mul, OptionError, type TrainedModel, valueOf } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { exportOnnx, onnxExporter } from './export-onnx.ts'
import { decodeModel } from './model.ts'

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

test('the exporter is the function as a plugin', async () => {
  const exporter = onnxExporter({ opset: 18 })
  expect(await exporter.export(model)).toEqual(await exportOnnx(model, exporter.options))
})
