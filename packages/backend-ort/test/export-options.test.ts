// What the options of exportOnnx put into a file, in plain ONNX Runtime.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import { add, type Layer, matmul, relu, type TrainedModel, type Value, valueOf } from '@gradwerk/core'
import { decodeModel, exportOnnx, exportOnnxFiles } from '@gradwerk/onnx'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, describe, expect, test } from 'vitest'
import { drawn } from './programs.ts'

const zeros = { kind: 'initializer', name: 'zeros', options: {}, sample: () => new Float32Array(0) } as const
const axes = { outputAxes: [1], inputAxes: [0], initializer: zeros }

function connected(inputs: number, units: number): Layer {
  return {
    kind: 'layer',
    name: 'connected',
    options: {},
    apply(x, context) {
      const w = context.parameter('w', { ...axes, shape: [inputs, units], role: 'kernel' })
      return add(matmul(x, w), context.parameter('b', { ...axes, shape: [units], role: 'bias' }))
    },
  }
}

const layer: Layer = {
  kind: 'layer',
  name: 'two',
  options: {},
  apply(x, context) {
    context.state('unused', { shape: [2], initial: 0 })
    return context.child('second', connected(6, 4), relu(context.child('first', connected(5, 6), x)))
  },
}

const float = (...shape: number[]): Value => drawn({ dtype: 'float32', shape })
const model: TrainedModel = {
  layer,
  input: { shape: [5], dtype: 'float32' },
  parameters: { 'first.w': float(5, 6), 'first.b': float(6), 'second.w': float(6, 4), 'second.b': float(4) },
  state: { unused: valueOf('float32', [2], [0.1, -3]) },
}
const bytes = drawn({ dtype: 'uint8', shape: [300, 5] }, 256)

test('a file that takes bytes and gives probabilities and classes computes them', async () => {
  const file = await exportOnnx(model, { preprocess: { scale: 1 / 255 }, postprocess: ['softmax', 'argMax'] })
  for (const backend of [ort({ threads: 1 }), undefined]) {
    const found = await verifyOnnx(file, model, { samples: bytes, ...(backend === undefined ? {} : { backend }) })
    expect(found).toMatchObject({ passed: true, samples: 300, firstDifferent: null, intermediates: [] })
    expect(found.outputs.map(({ name }) => name)).toEqual(['output', 'probabilities', 'class'])
    expect(found.outputs[2]?.maxAbsDifference).toBe(0)
  }
})

test('weights of half precision differ by their rounding, and not from the rounded model', async () => {
  const file = await exportOnnx(model, { float16: true })
  const found = await verifyOnnx(file, model, { tolerance: 1e-2 })
  expect(found.maxAbsDifference).toBeGreaterThan(1e-5)
  expect(found.passed).toBe(true)
  const rounded = Object.entries(model.parameters).map(([name, value]) => [name, halves(value)] as const)
  const again = { ...model, parameters: Object.fromEntries(rounded) }
  expect((await verifyOnnx(file, again, { intermediates: true })).firstDifferent).toBeNull()
})

/** Rounded to 11 significant bits, as normal numbers of half precision are. */
function halves(value: Value): Value {
  const round = (x: number) => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 10)
    return Math.round(x / unit) * unit
  }
  return valueOf('float32', value.shape, Array.from(value.data, Number).map(round))
}

test('every node can be compared, and the first that differs is named', async () => {
  const file = await exportOnnx(model)
  const same = await verifyOnnx(file, model, { intermediates: true })
  expect(same.intermediates.map(({ name }) => name)).toEqual(['first/Gemm', 'first/Add', 'Relu', 'second/Gemm'])
  expect(same).toMatchObject({ passed: true, firstDifferent: null })
  const [weights, bias] = [
    { ...model.parameters, 'second.w': float(6, 4), 'first.b': valueOf('float32', [6], [1, 2, 3, 4, 5, 6]) },
    { ...model.parameters, 'second.b': valueOf('float32', [4], [0, 0, 0, 9]) },
  ]
  const options = { intermediates: true }
  expect((await verifyOnnx(file, { ...model, parameters: weights }, options)).firstDifferent).toBe('first/Add')
  const late = await verifyOnnx(file, { ...model, parameters: bias }, options)
  expect(late).toMatchObject({ passed: false, firstDifferent: 'output' })
  expect(late.intermediates.every(({ maxAbsDifference }) => maxAbsDifference < 1e-5)).toBe(true)
})

test('values that only training uses stand in the metadata', async () => {
  const { graph, metadataProps } = decodeModel(await exportOnnx(model))
  expect(graph?.initializer.map(({ name }) => name)).not.toContain('unused')
  const unused = metadataProps.find(({ key }) => key === 'gradwerk.unused')?.value ?? ''
  const state = { unused: { dtype: 'float32', shape: [2], data: [Math.fround(0.1), -3] } }
  expect(JSON.parse(unused)).toEqual({ parameters: {}, state })
})

describe('large tensors beside the model', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gradwerk-'))
  afterAll(() => rm(folder, { recursive: true }))

  test('are read by ONNX Runtime', async () => {
    const files = await exportOnnxFiles(model, { leastBytes: 24 })
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
    const x = float(3, 5)
    const feeds = { input: new Tensor('float32', x.data as Float32Array, [3, 5]) }
    const outputs = []
    for (const from of [join(folder, 'model.onnx'), await exportOnnx(model)]) {
      const session = await InferenceSession.create(from as string)
      outputs.push((await session.run(feeds))['output']?.data)
      await session.release()
    }
    expect(outputs[0]).toEqual(outputs[1])
  })
})
