// The conformance suite on small variants, and the sizes of the real ones.

import { dynamic, input, type Layer, sizeOf, traceModel } from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import * as layers from '@gradwerk/layers'
import { allConvolutional, batchNormCnn, leNet5, mlp, preActivationResNet } from '@gradwerk/models'
import * as normalization from '@gradwerk/normalization'
import * as regularizers from '@gradwerk/regularizers'
import { type LayerCase, layerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { dense } = layers
const { batchNorm } = normalization
const { dropout, l2 } = regularizers
const registries = [initializers, layers, normalization, regularizers]

function suite(factory: (options: never) => Layer, cases: readonly LayerCase[]): void {
  layerSuite(factory, cases, { registries })
}

suite(mlp, [
  {
    plugin: mlp({ hidden: [5, 4], outputs: 3, activation: 'tanh' }),
    input: [2, 3],
    output: [3],
    parameters: 35 + 24 + 15,
  },
  { plugin: mlp({ hidden: [], outputs: 2 }), input: [3], output: [2], parameters: 8, differsInTraining: false },
  {
    plugin: mlp({
      hidden: [4],
      outputs: 2,
      activation: layers.elu(0.5),
      normalization: batchNorm(),
      dropout: dropout(0.25),
      initializer: initializers.heUniform(),
      regularizer: l2(1e-4),
    }),
    input: [3],
    output: [2],
    parameters: 12 + 8 + 10,
    differsInTraining: true,
    batch: 5,
  },
])
suite(leNet5, [
  {
    plugin: leNet5({ activation: 'tanh', pooling: 'average', outputs: 2, padding: 'valid' }),
    input: [1, 16, 16],
    output: [2],
    parameters: 156 + 2416 + (16 + 1) * 120 + 10_164 + 170,
    differsInTraining: false,
    batch: 2,
  },
])
suite(batchNormCnn, [
  {
    // A large epsilon: with four samples a small variance would make the slopes too steep for finite differences.
    plugin: batchNormCnn({
      filters: [2, 3],
      units: 4,
      outputs: 2,
      activation: 'silu',
      normalization: batchNorm({ epsilon: 1 }),
    }),
    input: [1, 4, 4],
    output: [2],
    parameters: 18 + 36 + 54 + 81 + 2 * (2 + 2 + 3 + 3) + 12 + 8 + 10,
    differsInTraining: true,
    batch: 4,
  },
])

suite(allConvolutional, [
  {
    plugin: allConvolutional({ filters: [2, 3], outputs: 2, activation: 'elu' }),
    input: [1, 5, 6],
    output: [2],
    parameters: 20 + 38 + 57 + 84 + 84 + 12 + 8,
    differsInTraining: false,
  },
  {
    plugin: allConvolutional({
      filters: [2],
      convolutions: 0,
      outputs: 2,
      activation: 'tanh',
      normalization: batchNorm(),
      dropout: dropout(0.25),
    }),
    input: [4, 4],
    output: [2],
    parameters: 18 + 4 + 36 + 4 + 4 + 4 + 6,
    differsInTraining: true,
  },
])
suite(preActivationResNet, [
  {
    plugin: preActivationResNet({
      stages: 2,
      blocks: 1,
      width: 2,
      outputs: 2,
      activation: 'silu',
      normalization: batchNorm({ epsilon: 1 }),
    }),
    input: [1, 4, 3],
    output: [2],
    parameters: 18 + 80 + (4 + 72 + 8 + 144 + 8) + 8 + 10,
    differsInTraining: true,
    // Second order through six normalizations takes a minute in loops; that of each part is tested with the part.
    gradient: { second: false },
  },
  {
    plugin: preActivationResNet({
      stages: 1,
      blocks: 2,
      width: 2,
      outputs: 2,
      activation: 'tanh',
      survival: 0.5,
      normalization: batchNorm({ epsilon: 1 }),
    }),
    input: [3, 3],
    output: [2],
    parameters: 18 + 2 * 80 + 4 + 6,
    differsInTraining: true,
    gradient: { second: false },
  },
])

/** Numbers in parameters, and the shape of the output for a batch of any size. */
function facts(model: Layer, sample: readonly number[]): { parameters: number; output: readonly number[] } {
  const { parameters, output } = traceModel(model, input('x', [dynamic, ...sample]))
  const sizes = [...parameters.values()].map(({ spec }) => sizeOf(spec.shape))
  return { parameters: sizes.reduce((a, b) => a + b, 0), output: output.shape }
}

describe('as documented', () => {
  test.each([
    ['mlp', mlp(), 669_706],
    ['leNet5', leNet5(), 61_706],
    ['batchNormCnn', batchNormCnn(), 468_138],
    ['allConvolutional', allConvolutional(), 106_730],
    ['preActivationResNet', preActivationResNet(), 174_778],
  ])('%s has its number of parameters on MNIST', (_, model, parameters) => {
    expect(facts(model, [1, 28, 28])).toEqual({ parameters, output: [dynamic, 10] })
  })

  test('a summary of the ResNet, by hand', () => {
    const { total, rows } = layers.summarize(preActivationResNet(), { input: { shape: [28, 28] } })
    // Every convolution that keeps its channels takes as much; one that doubles them, half of that.
    const full = 784 * 16 * 144
    const begin = full / 2 + 196 * 32 * 16
    expect(total.multiplyAdds).toBe(784 * 16 * 9 + 4 * full + 2 * (begin + 3 * full) + 640)
    expect(total.state).toBe(2 * (4 * 16 + 16 + 3 * 32 + 32 + 3 * 64 + 64))
    expect(rows.find(({ path }) => path === 'residual_2.shortcut')).toMatchObject({ output: [1, 32, 14, 14], depth: 2 })
  })

  test("the paper's All-CNN-C has its size", () => {
    const model = allConvolutional({ filters: [96, 192], convolutions: 2 })
    expect(facts(model, [3, 32, 32])).toEqual({ parameters: 1_369_738, output: [dynamic, 10] })
  })

  test('survival falls linearly with depth', () => {
    const trace = traceModel(preActivationResNet({ stages: 2, blocks: 2, survival: 0.5 }), input('x', [2, 1, 8, 8]), {
      stochastic: true,
      key: input('key', [2], 'uint32'),
    })
    const survivals = [...trace.hyperparameters.all].filter(([name]) => name.endsWith('survival'))
    expect(survivals.map(([, { value }]) => value)).toEqual([0.875, 0.75, 0.625, 0.5])
  })

  test('leNet5 takes images of 32 × 32 unpadded, with the same parameters', () => {
    expect(facts(leNet5({ padding: 'valid' }), [1, 32, 32])).toEqual({ parameters: 61_706, output: [dynamic, 10] })
  })
})

describe('options', () => {
  const kernels = (model: Layer) =>
    [...traceModel(model, input('x', [2, 1, 28, 28])).parameters.values()].filter(({ info }) => info.role === 'kernel')

  test.each([
    ['mlp', mlp],
    ['leNet5', leNet5],
    ['batchNormCnn', batchNormCnn],
    ['allConvolutional', allConvolutional],
    ['preActivationResNet', preActivationResNet],
  ])('%s gives every kernel what is said about weights', (_, factory) => {
    const [initializer, regularizer] = [initializers.zeros(), l2(1)]
    for (const { spec } of kernels(factory({ initializer, regularizer })))
      expect(spec).toMatchObject({ initializer, regularizer })
  })

  test('the activation decides the first weights unless they are given', () => {
    const names = (model: Layer) => new Set(kernels(model).map(({ spec }) => spec.initializer.name))
    expect(names(mlp())).toEqual(new Set(['heNormal']))
    expect(names(mlp({ activation: 'tanh' }))).toEqual(new Set(['xavierNormal']))
    expect(names(mlp({ activation: layers.tanh() }))).toEqual(new Set(['xavierNormal']))
    expect(names(mlp({ activation: 'selu' }))).toEqual(new Set(['lecunNormal']))
    expect(names(mlp({ activation: dense(3) }))).toEqual(new Set(['heNormal', 'uniformFanIn']))
  })

  test('a normalization takes the place of biases unless they are asked for', () => {
    const biases = (model: Layer) =>
      [...traceModel(model, input('x', [2, 3])).parameters.keys()].filter((name) => name.endsWith('bias'))
    expect(biases(mlp({ normalization: batchNorm() }))).toEqual(['dense_2.bias'])
    expect(biases(mlp({ normalization: batchNorm(), useBias: true }))).toHaveLength(3)
  })

  test('what is not in the domain is refused', () => {
    expect(() => mlp({ hidden: [0] })).toThrow("mlp: option 'hidden.0' is not valid; expected number to be >0; got 0")
    expect(() => mlp({ activation: 'step' as 'relu' })).toThrow(
      "mlp: option 'activation' is not valid; expected a layer or one of relu",
    )
    expect(() => leNet5({ pooling: 'min' as 'max' })).toThrow("leNet5: option 'pooling' is not valid")
    expect(() => batchNormCnn({ filters: [] })).toThrow("batchNormCnn: option 'filters' is not valid")
  })
})
