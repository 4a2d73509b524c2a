import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import type { TrainedModel } from '@gradwerk/core'
import { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, rmsNorm } from '@gradwerk/normalization'
import { exportOnnx, importOnnx } from '@gradwerk/onnx'
import { layerSuite } from '@gradwerk/testing'
import { describe } from 'vitest'

const onnx = { exportOnnx, importOnnx, verifyOnnx, backend: ort({ threads: 1 }) }

layerSuite(
  batchNorm,
  [
    { plugin: batchNorm(), input: [4], output: [4], parameters: 8, differsInTraining: true, batch: 5 },
    { plugin: batchNorm(), input: [2, 3], output: [2, 3], parameters: 4, differsInTraining: true },
    {
      plugin: batchNorm({ useScale: false, epsilon: 1e-3 }),
      input: [2, 3, 2],
      output: [2, 3, 2],
      parameters: 2,
      differsInTraining: true,
    },
    {
      plugin: batchNorm({ momentum: 'cumulative' }),
      input: [3],
      output: [3],
      parameters: 6,
      differsInTraining: true,
      batch: 4,
    },
  ],
  { onnx },
)

const both = { differsInTraining: false } as const

layerSuite(
  layerNorm,
  [
    { ...both, plugin: layerNorm(), input: [6], output: [6], parameters: 12 },
    { ...both, plugin: layerNorm(), input: [3, 4], output: [3, 4], parameters: 8 },
    { ...both, plugin: layerNorm({ axes: [1, 2, 3] }), input: [2, 3, 2], output: [2, 3, 2], parameters: 24 },
    { ...both, plugin: layerNorm({ axes: [1], useShift: false }), input: [4, 3], output: [4, 3], parameters: 4 },
    { ...both, plugin: layerNorm({ useScale: false, useShift: false }), input: [5], output: [5], parameters: 0 },
  ],
  { onnx },
)

layerSuite(
  groupNorm,
  [
    { ...both, plugin: groupNorm(2), input: [4, 3, 2], output: [4, 3, 2], parameters: 8 },
    { ...both, plugin: groupNorm({ groups: 1, epsilon: 1e-3 }), input: [3, 4], output: [3, 4], parameters: 6 },
    { ...both, plugin: groupNorm(2, { useScale: false }), input: [6], output: [6], parameters: 6 },
  ],
  { onnx },
)

layerSuite(
  instanceNorm,
  [
    { ...both, plugin: instanceNorm(), input: [2, 3, 2], output: [2, 3, 2], parameters: 0 },
    { ...both, plugin: instanceNorm({ useScale: true, useShift: true }), input: [2, 5], output: [2, 5], parameters: 4 },
  ],
  { onnx },
)

layerSuite(
  rmsNorm,
  [
    { ...both, plugin: rmsNorm(), input: [6], output: [6], parameters: 6 },
    { ...both, plugin: rmsNorm({ axes: [-2, -1], epsilon: 1e-3 }), input: [3, 4], output: [3, 4], parameters: 12 },
    { ...both, plugin: rmsNorm({ useScale: false }), input: [4], output: [4], parameters: 0 },
  ],
  { onnx },
)

layerSuite(
  localResponseNorm,
  [
    { ...both, plugin: localResponseNorm(), input: [7, 2, 2], output: [7, 2, 2], parameters: 0 },
    {
      ...both,
      plugin: localResponseNorm(4, { alpha: 0.5, beta: 0.5, k: 2 }),
      input: [3, 4],
      output: [3, 4],
      parameters: 0,
    },
  ],
  { onnx },
)

// The oldest operator set, and the first that has a node for RMS normalization.
describe.each([17, 23])('operator set %d', (opset) => {
  const tools = { ...onnx, exportOnnx: (model: TrainedModel) => exportOnnx(model, { opset }) }
  layerSuite(layerNorm, [{ ...both, plugin: layerNorm(), input: [6], output: [6], parameters: 12 }], { onnx: tools })
  layerSuite(groupNorm, [{ ...both, plugin: groupNorm(2), input: [4, 3, 2], output: [4, 3, 2], parameters: 8 }], {
    onnx: tools,
  })
  layerSuite(instanceNorm, [{ ...both, plugin: instanceNorm(), input: [2, 6], output: [2, 6], parameters: 0 }], {
    onnx: tools,
  })
  layerSuite(rmsNorm, [{ ...both, plugin: rmsNorm(), input: [6], output: [6], parameters: 6 }], { onnx: tools })
})
