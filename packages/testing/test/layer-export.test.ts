// The check of exported layers, with tools that only act as if they wrote and ran files.

import { type Backend, reference, type TrainedModel, type Value } from '@gradwerk/core'
import { assertLayerExport, assertLayerImport, type LayerCase, layerSuite, type OnnxTools } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import * as plugins from './plugins.ts'

const bytes = Uint8Array.of(1, 2, 3)

function acted(differences: readonly number[], seen: { model: TrainedModel; options: unknown }[] = []): OnnxTools {
  const left = [...differences]
  return {
    exportOnnx: async () => bytes,
    verifyOnnx: async (given, model, options) => {
      expect(given).toBe(bytes)
      seen.push({ model, options })
      return { maxAbsDifference: left.shift() ?? 0 }
    },
  }
}

const dense: LayerCase = { plugin: plugins.dense({ units: 4 }), input: [3], output: [4], parameters: 16 }

describe('layerSuite', () => {
  layerSuite(plugins.dense, [dense], { registries: [plugins], onnx: acted([0]) })
  layerSuite(plugins.dense, [{ ...dense, exportable: false }], { registries: [plugins], onnx: acted([1]) })
})

test('the reference and the backend are asked about all batch sizes', async () => {
  const seen: { model: TrainedModel; options: unknown }[] = []
  const backend: Backend = { ...reference(), description: { name: 'mine', version: '1', threads: 1 } }
  await assertLayerExport(dense, { ...acted([1e-6, 1e-5], seen), backend })
  expect(seen.map(({ options }) => options)).toEqual([
    { batchSizes: [1, 2, 7, 64], backend: expect.objectContaining({ description: reference().description }) },
    { batchSizes: [1, 2, 7, 64], backend },
  ])
  const [model] = seen.map((call) => call.model) as [TrainedModel]
  const { parameters, layer } = model
  expect(layer).toBe(dense.plugin)
  expect((parameters['bias'] as Value).data.some((x) => x !== 0)).toBe(true)
})

test.each([2e-5, Number.NaN])('a difference of %d is refused', async (difference) => {
  await expect(assertLayerExport(dense, acted([difference]))).rejects.toThrow(
    'dense: its ONNX file computes something else than the backend reference; expected a difference of at most 0.00001',
  )
  const two = { ...acted([0, difference]), backend: reference() }
  await expect(assertLayerExport(dense, two)).rejects.toThrow('its ONNX file')
})

describe('a layer that comes back', () => {
  /** What was exported last, changed. */
  function reading(change: (model: TrainedModel) => TrainedModel, files: readonly Uint8Array[] = []): OnnxTools {
    let written: TrainedModel | undefined
    const left = [...files]
    return {
      ...acted([]),
      exportOnnx: async (model) => {
        written ??= model
        return left.shift() ?? bytes
      },
      importOnnx: async (given, { plugins: namespaces }) => {
        expect([given, namespaces]).toEqual([bytes, [plugins]])
        return change(written as TrainedModel)
      },
    }
  }

  test('as it was', async () => {
    await assertLayerImport(
      dense,
      reading((model) => ({ ...model })),
      [plugins],
    )
  })

  const changedBias = ({ parameters, ...model }: TrainedModel): TrainedModel => {
    const bias = parameters['bias'] as Value
    return { ...model, parameters: { ...parameters, bias: { ...bias, data: new Float32Array(4) } } }
  }

  test.each<[string, OnnxTools]>([
    ['its ONNX file gives another layer', reading((model) => ({ ...model, layer: plugins.dense({ units: 5 }) }))],
    ['its ONNX file gives another input', reading((model) => ({ ...model, input: { shape: [4], dtype: 'float32' } }))],
    ['its ONNX file gives another parameters', reading(changedBias)],
    [
      'its ONNX file gives another state',
      reading((model) => ({ ...model, state: { mean: model.parameters['bias'] as Value } })),
    ],
    [
      'what its ONNX file gives is exported to another file',
      reading((model) => model, [bytes, Uint8Array.of(1, 2, 4)]),
    ],
  ])('is refused where %s', async (message, tools) => {
    await expect(assertLayerImport(dense, tools, [plugins])).rejects.toThrow(`dense: ${message}`)
  })
})
