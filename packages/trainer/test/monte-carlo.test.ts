// Monte-Carlo prediction: against passes made one by one, against exact moments, and what it says of an uncertain model.

import { ort } from '@gradwerk/backend-ort'
import {
  DataError,
  type Dataset,
  type Layer,
  numbers,
  OptionError,
  reference,
  type Shape,
  type TrainedModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm } from '@gradwerk/normalization'
import { adam } from '@gradwerk/optimizers'
import { dropout } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { monteCarlo, monteCarloClassification, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

const backend = reference()
const all = (of: Value) => Array.from(numbers(of))
const untrained = (layer: Layer, shape: Shape): TrainedModel => ({
  layer,
  input: { shape, dtype: 'float32' },
  parameters: {},
  state: {},
})

async function trainedOn(data: Dataset): Promise<{ model: TrainedModel; trainer: Trainer }> {
  const trainer = new Trainer({
    model: sequential([dense(16), batchNorm(), relu(), dropout(0.4), dense(3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(0.02),
    backend,
    seed: 2,
  })
  const { model } = await trainer.fit(data, { epochs: 12, batchSize: 20 })
  return { model, trainer }
}
const data = clusters(150)
const trained = trainedOn(data)

describe('mean and variance', () => {
  it('are those of dropout masks', async () => {
    // x · mask / (1 − p): mean x, variance x² p / (1 − p).
    const x = valueOf(
      'float32',
      [200, 5],
      Array.from({ length: 1000 }, (_, i) => ((i % 7) - 3) / 2),
    )
    const { mean, variance } = await monteCarlo(untrained(dropout(0.3), [5]), x, { backend, passes: 300 })
    expect(mean.shape).toEqual([200, 5])
    const average = (of: readonly number[]) => of.reduce((a, b) => a + b, 0) / of.length
    const expected = all(x).map((each) => (each ** 2 * 0.3) / 0.7)
    expect(average(all(variance))).toBeCloseTo(average(expected), 2)
    const off = all(mean).map(
      (each, i) => Math.abs(each - (numbers(x)[i] as number)) / (Math.sqrt((expected[i] as number) / 300) + 1e-9),
    )
    expect(Math.max(...off)).toBeLessThan(5)
  })

  it('are unbiased, of numbers far from 0 too', async () => {
    const count = 2000
    const x = valueOf('float32', [count, 1], new Float32Array(count).fill(1))
    const far: Layer = {
      kind: 'layer',
      name: 'far',
      options: {},
      apply: (from, context) => context.child('dropout', dropout(0.5), from),
    }
    const scaled = { backend, passes: 2, inputScale: 1000 }
    const { variance } = await monteCarlo(untrained(far, [1]), x, scaled)
    // 0 or 2000 with equal chance: variance 1000².
    const found = all(variance).reduce((a, b) => a + b, 0) / count
    expect(Math.abs(found / 1e6 - 1)).toBeLessThan(5 / Math.sqrt(count))
  })

  it('come near the plain prediction, by as much as the variance says', async () => {
    const { model, trainer } = await trained
    const plain = all(await trainer.predict(data.inputs))
    const { mean, variance } = await monteCarlo(model, data.inputs, { backend, passes: 200 })
    // The last layer is linear, so that its mean is that of evaluation: squares of standardized differences have mean 1. The 150 samples are
    // independent, their 3 outputs are not.
    const squares = all(mean).map(
      (each, i) => (each - (plain[i] as number)) ** 2 / ((numbers(variance)[i] as number) / 200),
    )
    const average = squares.reduce((a, b) => a + b, 0) / squares.length
    expect(Math.abs(average - 1)).toBeLessThan(5 * Math.sqrt(2 / 150))
  })

  it('follow from the seed', async () => {
    const { model } = await trained
    const of = async (seed: number) => all((await monteCarlo(model, data.inputs, { backend, passes: 3, seed })).mean)
    expect(await of(1)).toEqual(await of(1))
    expect(await of(1)).not.toEqual(await of(2))
  })

  it('agree between backends', async () => {
    const { model } = await trained
    const [a, b] = await Promise.all(
      [reference(), ort({ threads: 1 })].map((each) => monteCarlo(model, data.inputs, { backend: each, passes: 70 })),
    )
    all(a?.mean as Value).forEach((x, i) => void expect(x).toBeCloseTo(numbers(b?.mean as Value)[i] as number, 4))
    all(a?.variance as Value).forEach(
      (x, i) => void expect(x).toBeCloseTo(numbers(b?.variance as Value)[i] as number, 3),
    )
  })
})

describe('classification', () => {
  it('gives probabilities, their entropy, and what of it is the model’s', async () => {
    const { model } = await trained
    const found = await monteCarloClassification(model, data.inputs, { backend, passes: 40 })
    const { probabilities, variance, entropy, mutualInformation } = found
    expect([probabilities, variance, entropy, mutualInformation].map(({ shape }) => shape)).toEqual([
      [150, 3],
      [150, 3],
      [150],
      [150],
    ])
    const p = all(probabilities)
    all(entropy).forEach((h, i) => {
      const row = p.slice(3 * i, 3 * i + 3)
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
      expect(h).toBeCloseTo(-row.reduce((total, each) => total + each * Math.log(each), 0), 5)
      const information = numbers(mutualInformation)[i] as number
      expect(information).toBeGreaterThanOrEqual(0)
      expect(information).toBeLessThanOrEqual(h)
    })
  })

  it('is less certain between the classes than in their midst', async () => {
    const { model } = await trained
    const centre = (label: number) => {
      const rows = Array.from({ length: 50 }, (_, i) =>
        all(data.inputs).slice((3 * i + label) * 6, (3 * i + label) * 6 + 6),
      )
      return rows.reduce((a, b) => a.map((x, i) => x + (b[i] as number))).map((x) => x / 50)
    }
    const [first, second] = [centre(0), centre(1)]
    const between = first.map((x, i) => (x + (second[i] as number)) / 2)
    const inputs = valueOf('float32', [3, 6], [...first, ...second, ...between])
    const { entropy, mutualInformation } = await monteCarloClassification(model, inputs, { backend, passes: 100 })
    const [a = 0, b = 0, middle = 0] = all(entropy)
    expect(middle).toBeGreaterThan(Math.max(a, b))
    expect(all(mutualInformation)[2]).toBeGreaterThan(Math.max(...all(mutualInformation).slice(0, 2)))
  })

  it('takes classes from axis 1', async () => {
    const x = valueOf('float32', [1, 2, 3], [5, 0, 0, 0, 0, 0])
    const found = await monteCarloClassification(untrained(dropout(0.2), [2, 3]), x, { backend, passes: 5 })
    expect(found.entropy.shape).toEqual([1, 3])
    expect(all(found.entropy)[1]).toBeCloseTo(Math.log(2), 6)
  })
})

describe('it refuses', () => {
  const x = valueOf('float32', [2, 6], new Float32Array(12))

  it('a model in which nothing is random', async () => {
    await expect(monteCarlo(untrained(relu(), [6]), x, { backend })).rejects.toThrow(
      'monteCarlo: nothing in the model is random, so that all passes would be one; try a model with dropout',
    )
  })

  it.each([{ passes: 1 }, { passes: 2.5 }, { seed: -1 }, { inputScale: Number.NaN }, { samples: 3 }])(
    '%j',
    async (options) => {
      await expect(monteCarlo(untrained(dropout(0.5), [6]), x, { backend, ...options })).rejects.toThrow(OptionError)
    },
  )

  it('inputs of another shape, and none', async () => {
    const model = untrained(dropout(0.5), [5])
    await expect(monteCarlo(model, x, { backend })).rejects.toThrow(DataError)
    await expect(monteCarloClassification(model, valueOf('float32', [0, 5], []), { backend })).rejects.toThrow(
      DataError,
    )
  })
})
