// Weights of a file that PyTorch wrote: golden/pytorch.

import { readFileSync } from 'node:fs'
import { verifyOnnx } from '@gradwerk/backend-ort'
import {
  constant,
  constantHyperparameters,
  evaluate,
  type TrainedModel,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { conv2d, dense, flatten, maxPool2d, relu, sequential, tanh } from '@gradwerk/layers'
import { batchNorm } from '@gradwerk/normalization'
import { exportOnnx, loadWeights } from '@gradwerk/onnx'
import { expect, test } from 'vitest'

const at = (name: string) => readFileSync(new URL(`golden/pytorch/${name}`, import.meta.url))
const bytes = at('network.onnx')
const { x, y }: { x: number[]; y: number[] } = JSON.parse(at('network.json').toString())

const layer = sequential([
  conv2d(2, { size: 3, padding: 'same' }),
  batchNorm(),
  relu(),
  maxPool2d(2),
  flatten(),
  dense(8), // as many inputs as outputs: the shape does not tell which way round the kernel is
  tanh(),
  dense(3),
])
const network = { layer, input: { shape: [1, 4, 4], dtype: 'float32' } } as const

const mapping = {
  'conv2d.kernel': '0.weight',
  'conv2d.bias': '0.bias',
  'batchNorm.scale': '1.weight',
  'batchNorm.shift': '1.bias',
  'batchNorm.mean': '1.running_mean',
  'batchNorm.variance': '1.running_var',
  'dense.kernel': '5.weight',
  'dense.bias': '5.bias',
  'dense_1.kernel': '7.weight',
  'dense_1.bias': '7.bias',
}

function outputsOf({ layer: model, parameters, state }: TrainedModel): number[] {
  const samples = constant(valueOf('float32', [2, 1, 4, 4], x))
  const { output } = traceModel(model, samples, { hyperparameters: constantHyperparameters() })
  const [found] = evaluate([output], { ...parameters, ...state })
  return Array.from((found as Value).data, Number)
}

const largestError = (model: TrainedModel) =>
  Math.max(...outputsOf(model).map((found, i) => Math.abs(found - (y[i] ?? 0))))

test('the network computes what it computes in PyTorch, and so does its export', async () => {
  const model = await loadWeights(network, bytes, { mapping })
  expect(largestError(model)).toBeLessThan(1e-6)
  expect((await verifyOnnx(await exportOnnx(model), model)).maxAbsDifference).toBeLessThan(1e-6)
})

test('a square kernel that is taken as it stands in the file is wrong, silently', async () => {
  const asIs = { ...mapping, 'dense.kernel': { name: '5.weight', transpose: false } }
  expect(largestError(await loadWeights(network, bytes, { mapping: asIs }))).toBeGreaterThan(1e-2)
})

test('a kernel of another shape is told from both sides', async () => {
  const asIs = { ...mapping, 'dense_1.kernel': { name: '7.weight', transpose: false } }
  await expect(loadWeights(network, bytes, { mapping: asIs })).rejects.toThrow(
    "dense_1.kernel float32 [8, 3] ('7.weight' is float32 [3, 8])",
  )
  const { 'batchNorm.mean': _, ...rest } = mapping
  await expect(loadWeights(network, bytes, { mapping: rest })).rejects.toThrow(
    "batchNorm.mean float32 [2] (nothing is mapped to it); got besides these, the tensors '1.running_mean' float32 [2]",
  )
})
