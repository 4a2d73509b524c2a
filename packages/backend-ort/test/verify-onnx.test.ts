import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import {
  add,
  cast,
  DataError,
  gather,
  type Layer,
  matmul,
  mul,
  OptionError,
  relu,
  softmax,
  type TrainedModel,
  valueOf,
} from '@gradwerk/core'
import { exportOnnx, exportOnnxFiles } from '@gradwerk/onnx'
import { expect, test } from 'vitest'
import { drawn } from './programs.ts'

const zeros = { kind: 'initializer', name: 'zeros', options: {}, sample: () => new Float32Array(0) } as const

/** softmax(relu(x·w + b) · scale) */
const layer: Layer = {
  kind: 'layer',
  name: 'tiny',
  options: {},
  apply(x, context) {
    const axes = { outputAxes: [1], inputAxes: [0], initializer: zeros }
    const w = context.parameter('w', { ...axes, shape: [5, 4], role: 'kernel' })
    const b = context.parameter('b', { ...axes, shape: [4], role: 'bias' })
    const scale = context.state('scale', { shape: [4], initial: 1 })
    return softmax(mul(relu(add(matmul(x, w), b)), scale))
  },
}

const model: TrainedModel = {
  layer,
  input: { shape: [5], dtype: 'float32' },
  parameters: { w: drawn({ dtype: 'float32', shape: [5, 4] }), b: drawn({ dtype: 'float32', shape: [4] }) },
  state: { scale: drawn({ dtype: 'float32', shape: [4] }) },
}

test('an exported file computes what the model computes, at every batch size and on both backends', async () => {
  const bytes = await exportOnnx(model)
  const verification = await verifyOnnx(bytes, model, { batchSizes: [1, 3, 64] })
  expect(verification.maxAbsDifference).toBeLessThan(1e-6)
  expect(verification.batchSizes).toEqual([1, 3, 64])
  expect(verification.runtime).toMatch(/^\d+\.\d+\.\d+/)
  expect((await verifyOnnx(bytes, model, { backend: ort({ threads: 1 }) })).maxAbsDifference).toBeLessThan(1e-6)
})

test('a file with weights in another one beside it', async () => {
  const [bytes, data] = Object.values(await exportOnnxFiles(model, { leastBytes: 16 })) as [
    Uint8Array,
    Uint8Array<ArrayBuffer>,
  ]
  const file = { bytes, external: () => new Blob([data]) }
  expect((await verifyOnnx(file, model, { intermediates: true })).passed).toBe(true)
  await expect(verifyOnnx(file.bytes, model)).rejects.toThrow(DataError)
})

test('a file of other weights is found out', async () => {
  const other = { ...model, parameters: { ...model.parameters, b: valueOf('float32', [4], [9, 9, -9, -9]) } }
  expect((await verifyOnnx(await exportOnnx(other), model)).maxAbsDifference).toBeGreaterThan(0.01)
})

test('a truncated file, and one of another model, are refused', async () => {
  const bytes = await exportOnnx(model)
  await expect(verifyOnnx(bytes.slice(0, bytes.length - 9), model)).rejects.toThrow(DataError)
  const wider = { ...model, input: { ...model.input, shape: [6] }, layer: { ...layer, apply: relu } }
  await expect(verifyOnnx(bytes, wider)).rejects.toThrow("verifyOnnx: the file does not take the model's input")
})

test('a check that compares nothing is refused', async () => {
  const bytes = await exportOnnx(model)
  await expect(verifyOnnx(bytes, model, { batchSizes: [] })).rejects.toThrow(OptionError)
  const samples = valueOf('float32', [0, 5], [])
  await expect(verifyOnnx(bytes, model, { batchSizes: [], samples })).rejects.toThrow('there is nothing to compare')
})

test('a model of indices is checked with samples of its own', async () => {
  const apply: Layer['apply'] = (x, context) => {
    const axes = { outputAxes: [1], inputAxes: [0], initializer: zeros }
    return gather(context.parameter('w', { ...axes, shape: [5, 4], role: 'embedding' }), cast(x, 'int32'))
  }
  const vectors = { ...model, layer: { ...layer, apply }, input: { shape: [3], dtype: 'float32' } as const, state: {} }
  const bytes = await exportOnnx(vectors)
  await expect(verifyOnnx(bytes, vectors, { batchSizes: [64] })).rejects.toThrow(
    /^verifyOnnx: the model does not take random samples; got gather: index .* out of range.*; try real ones/,
  )
  const samples = valueOf('float32', [2, 3], [0, 1, 2, 3, 4, 0])
  expect(await verifyOnnx(bytes, vectors, { batchSizes: [], samples })).toMatchObject({ passed: true, samples: 2 })
})
