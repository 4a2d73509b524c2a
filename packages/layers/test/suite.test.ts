// The conformance suite: types, both modes, round trips, dynamic batches, gradients of both orders, learning.

import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import type { Layer } from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { exportOnnx, importOnnx } from '@gradwerk/onnx'
import { type LayerCase, layerSuite } from '@gradwerk/testing'

const { adaptiveAveragePool2d, adaptiveMaxPool2d, convTranspose2d, depthwiseConv2d, globalMaxPool2d } = layers
const { pad2d, separableConv2d, zeroPad2d } = layers
const { averagePool2d, conv2d, dense, elu, flatten, gelu, geluTanh, globalAveragePool2d, identity, leakyRelu } = layers
const { maxPool2d, relu, reshape, residual, sequential, sigmoid, silu, selu, softmax, softplus, tanh } = layers

const onnx = { exportOnnx, importOnnx, verifyOnnx, backend: ort({ threads: 1 }) }

function suite(factory: (options: never) => Layer, cases: readonly Omit<LayerCase, 'differsInTraining'>[]): void {
  layerSuite(
    factory,
    cases.map((testCase) => ({ ...testCase, differsInTraining: false })),
    { registries: [layers], onnx },
  )
}

suite(dense, [
  { plugin: dense(4), input: [3], output: [4], parameters: 16 },
  { plugin: dense(4, { useBias: false }), input: [3], output: [4], parameters: 12 },
  { plugin: dense(2), input: [3, 5], output: [3, 2], parameters: 12 },
])
suite(conv2d, [
  { plugin: conv2d(3, { size: 3 }), input: [2, 5, 4], output: [3, 3, 2], parameters: 57 },
  {
    plugin: conv2d(4, { size: [3, 2], strides: 2, padding: 'same', groups: 2, useBias: false }),
    input: [2, 5, 4],
    output: [4, 3, 2],
    parameters: 24,
  },
  {
    plugin: conv2d(1, { size: 2, dilations: [2, 1], padding: [1, 0, 0, 2] }),
    input: [1, 4, 3],
    output: [1, 3, 4],
    parameters: 5,
  },
])
suite(depthwiseConv2d, [
  { plugin: depthwiseConv2d(3), input: [2, 5, 4], output: [2, 3, 2], parameters: 20 },
  {
    plugin: depthwiseConv2d([2, 3], { depthMultiplier: 2, strides: [1, 2], padding: 'same', useBias: false }),
    input: [3, 4, 5],
    output: [6, 4, 3],
    parameters: 36,
  },
])
suite(separableConv2d, [
  { plugin: separableConv2d(4, { size: 3 }), input: [2, 5, 4], output: [4, 3, 2], parameters: 30 },
  {
    plugin: separableConv2d(3, { size: 2, depthMultiplier: 2, dilations: 2, padding: [1, 0], useBias: false }),
    input: [2, 4, 4],
    output: [3, 4, 2],
    parameters: 28,
  },
])
suite(convTranspose2d, [
  { plugin: convTranspose2d(3, { size: 3 }), input: [2, 3, 2], output: [3, 5, 4], parameters: 57 },
  {
    plugin: convTranspose2d(4, { size: [3, 2], strides: 2, padding: 'same', groups: 2, useBias: false }),
    input: [2, 3, 2],
    output: [4, 6, 4],
    parameters: 24,
  },
  {
    plugin: convTranspose2d(1, {
      size: 2,
      strides: [2, 3],
      padding: [1, 0, 0, 1],
      outputPadding: [1, 2],
      dilations: [2, 1],
    }),
    input: [2, 3, 2],
    output: [1, 7, 6],
    parameters: 9,
  },
  {
    plugin: convTranspose2d(2, { size: 1, strides: 3, padding: 'same' }),
    input: [1, 2, 2],
    output: [2, 6, 6],
    parameters: 4,
  },
])
suite(maxPool2d, [
  { plugin: maxPool2d(2, { ceilMode: true }), input: [2, 5, 6], output: [2, 3, 3], parameters: 0 },
  { plugin: maxPool2d(), input: [2, 4, 6], output: [2, 2, 3], parameters: 0 },
  { plugin: maxPool2d(3, { strides: [1, 2], padding: 1 }), input: [1, 4, 4], output: [1, 4, 2], parameters: 0 },
])
suite(averagePool2d, [
  {
    plugin: averagePool2d(3, { strides: 2, padding: 1, ceilMode: true }),
    input: [1, 4, 6],
    output: [1, 3, 4],
    parameters: 0,
  },
  { plugin: averagePool2d([2, 1]), input: [2, 4, 3], output: [2, 2, 3], parameters: 0 },
  {
    plugin: averagePool2d(3, { strides: 2, padding: 'same', countPadding: false }),
    input: [1, 5, 4],
    output: [1, 3, 2],
    parameters: 0,
  },
])
suite(globalAveragePool2d, [{ plugin: globalAveragePool2d(), input: [3, 2, 2], output: [3], parameters: 0 }])
suite(globalMaxPool2d, [{ plugin: globalMaxPool2d(), input: [3, 2, 2], output: [3], parameters: 0 }])
suite(adaptiveAveragePool2d, [
  { plugin: adaptiveAveragePool2d(2), input: [2, 4, 6], output: [2, 2, 2], parameters: 0 },
  { plugin: adaptiveAveragePool2d([3, 2]), input: [2, 5, 3], output: [2, 3, 2], parameters: 0 },
])
suite(adaptiveMaxPool2d, [
  { plugin: adaptiveMaxPool2d(2), input: [2, 4, 6], output: [2, 2, 2], parameters: 0 },
  { plugin: adaptiveMaxPool2d([3, 2]), input: [2, 5, 3], output: [2, 3, 2], parameters: 0 },
])
suite(pad2d, [
  { plugin: pad2d(1), input: [2, 3, 2], output: [2, 5, 4], parameters: 0 },
  { plugin: pad2d([0, 1, 2, 0], { value: -1 }), input: [1, 3, 2], output: [1, 5, 3], parameters: 0 },
  { plugin: pad2d([2, 1], { mode: 'reflect' }), input: [1, 3, 2], output: [1, 7, 4], parameters: 0 },
  { plugin: pad2d([0, 3, 1, 0], { mode: 'replicate' }), input: [1, 3, 2], output: [1, 4, 5], parameters: 0 },
])
suite(zeroPad2d, [{ plugin: zeroPad2d([1, 0, 0, 2]), input: [1, 3, 2], output: [1, 4, 4], parameters: 0 }])
suite(flatten, [{ plugin: flatten(), input: [2, 3, 2], output: [12], parameters: 0 }])
suite(reshape, [
  { plugin: reshape([2, 6]), input: [3, 4], output: [2, 6], parameters: 0 },
  { plugin: reshape([2, -1]), input: [12], output: [2, 6], parameters: 0 },
])
suite(sequential, [
  { plugin: sequential([]), input: [3], output: [3], parameters: 0 },
  { plugin: sequential([dense(4), tanh(), dense(2)]), input: [3], output: [2], parameters: 26 },
])
suite(residual, [
  { plugin: residual(dense(3)), input: [3], output: [3], parameters: 12 },
  { plugin: residual([dense(4), tanh()], { shortcut: dense(4) }), input: [3], output: [4], parameters: 32 },
])

const activations: readonly [(options: never) => Layer, Layer][] = [
  [relu, relu()],
  [leakyRelu, leakyRelu(0.2)],
  [elu, elu(0.7)],
  [gelu, gelu()],
  [geluTanh, geluTanh()],
  [silu, silu()],
  [selu, selu()],
  [sigmoid, sigmoid()],
  [tanh, tanh()],
  [softplus, softplus()],
  [identity, identity()],
  [softmax, softmax()],
]
for (const [factory, plugin] of activations)
  suite(factory, [{ plugin, input: [2, 3], output: [2, 3], parameters: 0, range: { gap: 0.01 } }])
