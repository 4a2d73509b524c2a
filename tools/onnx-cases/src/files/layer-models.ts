// What is written as files: every layer with several shapes and options, parametrized weights, and the ready-made models.

import type { DType, Layer, Shape } from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import * as normalization from '@gradwerk/normalization'
import * as regularizers from '@gradwerk/regularizers'

export interface LayerModel {
  readonly name: string
  readonly layer: Layer
  /** Shape of one sample. */
  readonly input: Shape
  readonly dtype?: DType
  /** For an input of indices: how many there are. */
  readonly indices?: number
}

type Row = readonly [layer: Layer, input: Shape, more?: Pick<LayerModel, 'dtype' | 'indices'>]

const { conv2d, convTranspose2d, dense, depthwiseConv2d, embedding, multiHeadAttention, separableConv2d } = layers
const { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, rmsNorm, spectralNorm } = normalization
const { averagePool2d, maxPool2d, pad2d, parallel, reshape, residual, sequential, stochasticDepth, tanh } = layers

const weighted: readonly Row[] = [
  [dense(4), [3]],
  [dense(4, { useBias: false }), [3]],
  [dense(2), [3, 5]],
  [dense(6, { parametrization: normalization.weightNorm() }), [5]],
  [dense(6, { parametrization: spectralNorm() }), [5]],
  [dense(6, { parametrization: regularizers.dropConnect(0.5) }), [5]],
  [conv2d(3, { size: 3 }), [2, 5, 4]],
  [conv2d(4, { size: [3, 2], strides: 2, padding: 'same', groups: 2, useBias: false }), [2, 5, 4]],
  [conv2d(1, { size: 2, dilations: [2, 1], padding: [1, 0, 0, 2] }), [1, 4, 3]],
  [conv2d(3, { size: 3, parametrization: spectralNorm() }), [2, 5, 5]],
  [depthwiseConv2d(3), [2, 5, 4]],
  [depthwiseConv2d([2, 3], { depthMultiplier: 2, strides: [1, 2], padding: 'same', useBias: false }), [3, 4, 5]],
  [separableConv2d(4, { size: 3 }), [2, 5, 4]],
  [separableConv2d(3, { size: 2, depthMultiplier: 2, dilations: 2, padding: [1, 0], useBias: false }), [2, 4, 4]],
  [convTranspose2d(3, { size: 3 }), [2, 3, 2]],
  [convTranspose2d(4, { size: [3, 2], strides: 2, padding: 'same', groups: 2, useBias: false }), [2, 3, 2]],
  [convTranspose2d(1, { size: 2, strides: [2, 3], outputPadding: [1, 2], dilations: [2, 1] }), [2, 3, 2]],
  [embedding(6, { dimensions: 3 }), [4], { indices: 6 }],
  [embedding({ entries: 6, dimensions: 2, paddingIndex: 1 }), [], { indices: 6 }],
  [embedding(6, { dimensions: 3 }), [4], { dtype: 'int32', indices: 6 }],
  [embedding(6, { dimensions: 3 }), [4], { dtype: 'int64', indices: 6 }],
  [multiHeadAttention(2), [3, 4]],
  [multiHeadAttention({ heads: 1, causal: true, useBias: false }), [5, 4]],
]

const windows: readonly Row[] = [
  [maxPool2d(), [2, 4, 6]],
  [maxPool2d(2, { ceilMode: true }), [2, 5, 6]],
  [maxPool2d(3, { strides: [1, 2], padding: 1 }), [1, 4, 4]],
  [averagePool2d([2, 1]), [2, 4, 3]],
  [averagePool2d(3, { strides: 2, padding: 1, ceilMode: true }), [1, 4, 6]],
  [averagePool2d(3, { strides: 2, padding: 'same', countPadding: false }), [1, 5, 4]],
  [layers.globalAveragePool2d(), [3, 2, 2]],
  [layers.globalMaxPool2d(), [3, 2, 2]],
  [layers.adaptiveAveragePool2d(2), [2, 4, 6]],
  [layers.adaptiveAveragePool2d([3, 2]), [2, 5, 3]],
  [layers.adaptiveMaxPool2d(2), [2, 4, 6]],
  [layers.adaptiveMaxPool2d([3, 2]), [2, 5, 3]],
  [pad2d(1), [2, 3, 2]],
  [pad2d([0, 1, 2, 0], { value: -1 }), [1, 3, 2]],
  [pad2d([2, 1], { mode: 'reflect' }), [1, 3, 2]],
  [pad2d([0, 3, 1, 0], { mode: 'replicate' }), [1, 3, 2]],
  [layers.zeroPad2d([1, 0, 0, 2]), [1, 3, 2]],
]

const composed: readonly Row[] = [
  [layers.flatten(), [2, 3, 2]],
  [reshape([2, 6]), [3, 4]],
  [reshape([2, -1]), [12]],
  [sequential([dense(4), tanh(), dense(2)]), [3]],
  [residual(dense(3)), [3]],
  [residual([dense(4), tanh()], { shortcut: dense(4) }), [3]],
  [parallel([dense(2), [dense(3), tanh()]]), [4]],
  [parallel([dense(2), [], dense(2)], { axis: -1 }), [3, 2]],
  [parallel([dense(3), [dense(3)], layers.identity()], { merge: 'add' }), [3]],
  [layers.named('head', dense(2)), [3]],
  [stochasticDepth(dense(3)), [3]],
  [stochasticDepth([dense(4), tanh()], { shortcut: dense(4), survival: 0.75, per: 'batch' }), [3]],
]

const activations: readonly Row[] = [
  layers.relu(),
  layers.leakyRelu(0.2),
  layers.elu(0.7),
  layers.selu(),
  layers.gelu(),
  layers.geluTanh(),
  layers.silu(),
  layers.sigmoid(),
  tanh(),
  layers.softplus(),
  layers.identity(),
  layers.softmax(),
].flatMap((layer): Row[] => [
  [layer, [5]],
  [layer, [2, 3, 3]],
])

const normalized: readonly Row[] = [
  [batchNorm(), [4]],
  [batchNorm(), [2, 3, 2]],
  [batchNorm({ useScale: false, epsilon: 1e-3 }), [2, 3, 2]],
  [batchNorm({ momentum: 'cumulative' }), [3]],
  [layerNorm(), [6]],
  [layerNorm({ axes: [1, 2, 3] }), [2, 3, 2]],
  [layerNorm({ axes: [1], useShift: false }), [4, 3]],
  [layerNorm({ useScale: false, useShift: false }), [5]],
  [groupNorm(2), [4, 3, 2]],
  [groupNorm({ groups: 1, epsilon: 1e-3 }), [3, 4]],
  [groupNorm(2, { useScale: false }), [6]],
  [instanceNorm(), [2, 3, 2]],
  [instanceNorm({ useScale: true, useShift: true }), [2, 5]],
  [rmsNorm(), [6]],
  [rmsNorm({ axes: [-2, -1], epsilon: 1e-3 }), [3, 4]],
  [localResponseNorm(), [7, 2, 2]],
  [localResponseNorm(4, { alpha: 0.5, beta: 0.5, k: 2 }), [3, 4]],
  [normalization.standardize({ mean: 0.5, deviation: 2 }), [2, 3]],
  [normalization.standardize({ mean: [1, 1000], deviation: [2, 0], per: 'channel' }), [2, 3, 3]],
]

/** Layers that do nothing in evaluation; a dense layer behind them keeps files from being empty. */
const random: readonly Row[] = [
  regularizers.dropout(0.5),
  regularizers.spatialDropout(0.5),
  regularizers.standardDropout(0.5),
  regularizers.alphaDropout(0.5),
  regularizers.gaussianDropout(0.5),
  regularizers.gaussianNoise(0.5),
].map((layer) => [sequential([layer, dense(3)]), [4, 4]])

const rows: readonly Row[] = [...weighted, ...windows, ...composed, ...activations, ...normalized, ...random]

/** `sequential` around a layer of another name is named after that one. */
function titleOf({ name, options }: Layer): string {
  const parts: unknown = options['layers']
  const first: unknown = Array.isArray(parts) && name === 'sequential' ? parts[0] : undefined
  return typeof first === 'object' && first !== null && 'name' in first ? `${name}-${String(first.name)}` : name
}

/** Every row under a name of its own: `conv2d-2` is the second of conv2d. */
export const layerModels: readonly LayerModel[] = rows.map(([layer, input, more], i) => {
  const title = titleOf(layer)
  const before = rows.slice(0, i).filter(([other]) => titleOf(other) === title).length
  return { name: `${title}-${before + 1}`, layer, input, ...more }
})
