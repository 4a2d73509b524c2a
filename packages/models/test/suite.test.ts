// The conformance suite on small variants, and the sizes of the real ones.

import { dynamic, input, type Layer, sizeOf, traceModel } from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import * as layers from '@gradwerk/layers'
import { batchNormCnn, leNet5, mlp } from '@gradwerk/models'
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
  ])('%s has its number of parameters on MNIST', (_, model, parameters) => {
    expect(facts(model, [1, 28, 28])).toEqual({ parameters, output: [dynamic, 10] })
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
