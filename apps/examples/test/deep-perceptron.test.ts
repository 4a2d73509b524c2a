// The claims of the page, on a smaller network: 12 layers instead of 30.

import { ort } from '@gradwerk/backend-ort'
import { reference } from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import { constant, heNormal, zeros } from '@gradwerk/initializers'
import { beforeAll, describe, expect, test } from 'vitest'
import { cellOf, spreadOverInitializers, trains } from '../src/deep-perceptron/claims.ts'
import { type Cell, measure, type Plan } from '../src/deep-perceptron/measure.ts'
import type { InitializerName, Network } from '../src/deep-perceptron/network.ts'
import { symmetryAfterTraining } from '../src/deep-perceptron/symmetry.ts'

const backend = ort({ threads: 1 })
const plan: Plan = {
  dataset: generatedDigits({ train: 512, test: 10, seed: 1 }).train,
  depth: 12,
  width: 32,
  epochs: 10,
  batchSize: 64,
  initializers: ['normal', 'xavier', 'he'],
  learningRates: [2e-3],
  tuningSeed: 0,
  seeds: [1, 2, 3],
  statisticsSamples: 128,
}

const relu: Network = { activation: 'relu', normalizer: 'none' }
const tanh: Network = { activation: 'tanh', normalizer: 'none' }
const batchNorm: Network = { activation: 'relu', normalizer: 'batchNorm' }
const layerNorm: Network = { activation: 'relu', normalizer: 'layerNorm' }

/** A normalizer turns the size of weights into the relative size of a step: each initializer has a rate of its own. */
const at = (initializer: InitializerName, learningRate: number): Plan => ({
  ...plan,
  initializers: [initializer],
  learningRates: [learningRate],
})

describe('a deep perceptron', () => {
  let cells: Cell[] = []
  beforeAll(async () => {
    const names: InitializerName[] = ['zeros', ...plan.initializers, 'lsuv']
    cells = [
      ...(await measure(relu, { ...plan, initializers: names }, backend)),
      ...(await measure(tanh, { ...plan, initializers: ['zeros', 'normal', 'xavier'] }, backend)),
      ...(await measure(batchNorm, at('normal', 2e-3), backend)),
      ...(await measure(batchNorm, at('he', 1e-2), backend)),
      ...(await measure(layerNorm, at('normal', 1e-4), backend)),
      ...(await measure(layerNorm, at('he', 2e-3), backend)),
    ]
  }, 120_000)

  test.each([
    ['He and rectifiers', relu, 'he', true],
    ['Xavier and tanh', tanh, 'xavier', true],
    ['small normal numbers and rectifiers', relu, 'normal', false],
    ['small normal numbers and tanh', tanh, 'normal', false],
    ['zeros and rectifiers', relu, 'zeros', false],
    ['zeros and tanh', tanh, 'zeros', false],
  ] as const)('%s: whether it trains', (_, network, initializer, expected) => {
    expect(trains(cellOf(cells, network, initializer))).toBe(expected)
  })

  test('the choice matters less with batch or layer normalization', () => {
    const spread = (network: Network) =>
      spreadOverInitializers(
        cells.filter(({ initializer }) => initializer === 'normal' || initializer === 'he'),
        network,
      )
    expect(spread(batchNorm)).toBeLessThan(spread(relu))
    expect(spread(layerNorm)).toBeLessThan(spread(relu))
  })

  /** Factor from one hidden layer to the next, averaged over the network and the seeds. */
  const factor = (network: Network, initializer: InitializerName) => {
    const { statistics } = cellOf(cells, network, initializer)
    const logs = statistics.map(
      (layers) => Math.log((layers.at(-1)?.activation.deviation ?? 0) / (layers[0]?.activation.deviation ?? 0)) / 11,
    )
    return Math.exp(logs.reduce((total, x) => total + x, 0) / logs.length)
  }

  test('before training, activations shrink as the equations say', () => {
    // √(n · Var w / 2) for n inputs and rectifiers: 1 for He, √½ for Xavier, 0.01 · √(32 / 2) for σ = 0.01.
    expect(Math.abs(factor(relu, 'he') - 1)).toBeLessThan(0.1)
    expect(Math.abs(factor(relu, 'xavier') / Math.SQRT1_2 - 1)).toBeLessThan(0.1)
    expect(Math.abs(factor(relu, 'normal') / 0.04 - 1)).toBeLessThan(0.1)
    expect(Math.abs(factor(batchNorm, 'normal') - 1)).toBeLessThan(0.1)
  })

  test('LSUV starts every layer at unit variance before the rectifier', () => {
    // A rectified standard normal number has standard deviation √(½ − 1/(2π)) = 0.584.
    for (const layers of cellOf(cells, relu, 'lsuv').statistics)
      for (const { activation } of layers) expect(Math.abs(activation.deviation / 0.584 - 1)).toBeLessThan(0.35)
  })

  test('zeros give hidden kernels no gradient at all', () => {
    for (const layers of cellOf(cells, relu, 'zeros').statistics)
      for (const { kernelGradient, activation } of layers)
        expect([kernelGradient.mean, kernelGradient.deviation, activation.deviation]).toEqual([0, 0, 0])
  })
})

describe('symmetry', () => {
  const small = { ...plan, depth: 4, width: 8, epochs: 2, batchSize: 32 }
  const few = { ...small, dataset: generatedDigits({ train: 64, test: 10, seed: 1 }).train }

  test.each(['relu', 'tanh'] as const)('%s: units that start alike stay alike, bit for bit', async (activation) => {
    const network: Network = { activation, normalizer: 'none' }
    for (const [on, training] of [
      [backend, small],
      [reference(), few],
    ] as const) {
      const none = await symmetryAfterTraining(network, zeros(), 1e-2, training, on)
      expect(none).toMatchObject({ identicalLayers: 4, hiddenChange: 0 })
      expect(none.change).toBeGreaterThan(0.01)
      const same = await symmetryAfterTraining(network, constant(1 / 8), 1e-2, training, on)
      expect(same.identicalLayers).toBe(4)
      expect(same.hiddenChange).toBeGreaterThan(0.01)
      expect((await symmetryAfterTraining(network, heNormal(), 1e-2, training, on)).identicalLayers).toBe(0)
    }
  })
})
