import { ort } from '@gradwerk/backend-ort'
import {
  constant,
  constantHyperparameters,
  type Dataset,
  evaluate,
  numbers,
  type Optimizer,
  reference,
  type TrainedModel,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm, spectralNorm } from '@gradwerk/normalization'
import { sgd } from '@gradwerk/optimizers'
import { dropout } from '@gradwerk/regularizers'
import { describe, expect, test } from 'vitest'
import { recomputeStatistics, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'
import { scheduleFree } from './third-party.ts'

const data = clusters(60)
/** Sorted by class, as files on disk often are. */
const sorted: Dataset = { ...data, indices: Int32Array.from(data.indices).sort((a, b) => (a % 3) - (b % 3)) }
const features = 6

/** Mean and unbiased variance of every feature of some rows. */
function moments(rows: ArrayLike<number>): { mean: number[]; variance: number[] } {
  const x = numbers(data.inputs)
  const list = Array.from(rows)
  const of = (f: number) => list.map((row) => Number(x[row * features + f]))
  const mean = Array.from({ length: features }, (_, f) => of(f).reduce((a, b) => a + b, 0) / list.length)
  const variance = mean.map((m, f) => of(f).reduce((total, z) => total + (z - m) ** 2, 0) / (list.length - 1))
  return { mean, variance }
}

const trainerOf = (
  model = sequential([batchNorm(), dense(3)]),
  optimizer: Optimizer = sgd(0.1),
  backend = reference(),
) => new Trainer({ model, loss: softmaxCrossEntropy(), optimizer, backend, seed: 4 })

function close(value: Value | undefined, wanted: readonly number[], digits = 5): void {
  expect(value?.data).toHaveLength(wanted.length)
  for (const [i, number] of wanted.entries()) expect(Number(value?.data[i])).toBeCloseTo(number, digits)
}

/** The mean cross-entropy of a model on all data, from its outputs in evaluation. */
function lossOf({ layer, parameters, state }: TrainedModel): number {
  const trace = traceModel(layer, constant(data.inputs), { hyperparameters: constantHyperparameters() })
  const [logits] = evaluate([trace.output], { ...parameters, ...state })
  const rows = Array.from({ length: 60 }, (_, i) => Array.from(numbers(logits as Value).slice(3 * i, 3 * i + 3)))
  const losses = rows.map(
    (row, i) => Math.log(row.reduce((total, x) => total + Math.exp(x), 0)) - (row[i % 3] as number),
  )
  return losses.reduce((total, loss) => total + loss, 0) / losses.length
}

describe.each([
  ['reference', () => reference()],
  ['ort', () => ort({ threads: 1 })],
] as const)('on %s', (_, backend) => {
  test.each([0.01, 0.9, 'cumulative'] as const)(
    'the mean is that of the data, whatever the momentum: %s',
    async (momentum) => {
      const trainer = trainerOf(sequential([batchNorm({ momentum }), dense(3)]), sgd(0.1), backend())
      await trainer.fit(data, { epochs: 1, batchSize: 20 })
      for (const batchSize of [15, 20, 60, 25]) {
        const { state } = await trainer.recomputeStatistics(data, { batchSize })
        close(state['batchNorm.mean'], moments(data.indices).mean)
        if (batchSize === 60) close(state['batchNorm.variance'], moments(data.indices).variance)
      }
    },
  )
})

test('the variance is the average of those of the batches, in an order that mixes classes', async () => {
  const trainer = trainerOf()
  await trainer.fit(sorted, { epochs: 1, batchSize: 20 })
  const { state } = await trainer.recomputeStatistics(sorted, { batchSize: 20 })
  const whole = moments(data.indices).variance
  const within = [0, 1, 2].map((label) => moments(data.indices.filter((row) => row % 3 === label)).variance)
  for (const [f, variance] of whole.entries()) {
    const bySortedBatches = within.reduce((total, one) => total + (one[f] as number), 0) / 3
    const found = Number(state['batchNorm.variance']?.data[f])
    expect(Math.abs(found / variance - 1)).toBeLessThan(0.25)
    expect(Math.abs(found - variance)).toBeLessThan(Math.abs(bySortedBatches - variance) + 0.05 * variance)
  }
})

test('a model whose weights were replaced evaluates correctly again', async () => {
  const model = sequential([dense(16), batchNorm(), relu(), dropout(0.1), dense(3)])
  const trainer = trainerOf(model, sgd(0.3))
  const { model: trained } = await trainer.fit(data, { epochs: 20, batchSize: 20 })
  const good = (await trainer.evaluate(data))['loss'] as number
  // The same function with other numbers: ten times the first kernel, shifted. Batch normalization takes both away again.
  const scaled = (name: string, f: (x: number) => number): Value => {
    const from = trained.parameters[name] as Value
    return valueOf(
      'float32',
      from.shape,
      Array.from(numbers(from), (x: number) => f(x)),
    )
  }
  const replaced: TrainedModel = {
    ...trained,
    parameters: {
      ...trained.parameters,
      'dense.kernel': scaled('dense.kernel', (x) => 10 * x),
      'dense.bias': scaled('dense.bias', (x) => 10 * x + 3),
    },
  }
  const recomputed = await recomputeStatistics(replaced, data, { backend: reference(), batchSize: 20 })
  const original = await recomputeStatistics(trained, data, { backend: reference(), batchSize: 20 })
  close(
    recomputed.state['batchNorm.mean'],
    Array.from(numbers(original.state['batchNorm.mean'] as Value), (x: number) => 10 * x + 3),
    4,
  )
  expect(good).toBeLessThan(0.3)
  expect(lossOf(trained)).toBeCloseTo(good, 5)
  expect(Math.abs(lossOf(original) - good)).toBeLessThan(0.05)
  expect(lossOf(replaced)).toBeGreaterThan(1)
  expect(lossOf(recomputed)).toBeCloseTo(lossOf(original), 4)
})

test('averaged weights get the statistics that belong to them, and evaluation uses them', async () => {
  const trainer = trainerOf(sequential([dense(4), batchNorm(), dense(3)]), scheduleFree)
  const { model } = await trainer.fit(data, { epochs: 10, batchSize: 20 })
  const before = await trainer.evaluate(data)
  const averaged = await trainer.recomputeStatistics(data, { batchSize: 30 })
  expect(averaged.parameters).toEqual(model.parameters)
  const [kernel, bias] = ['dense.kernel', 'dense.bias'].map((name) => numbers(model.parameters[name] as Value))
  const inputs = moments(data.indices).mean
  close(
    averaged.state['batchNorm.mean'],
    Array.from({ length: 4 }, (_, unit) =>
      inputs.reduce((total, x, f) => total + x * (kernel?.[f * 4 + unit] as number), bias?.[unit] as number),
    ),
  )
  const after = await trainer.evaluate(data)
  expect(after['loss']).not.toBe(before['loss'])
  expect(after['loss']).toBeCloseTo(lossOf(averaged), 5)
})

test('nothing random happens, power iterations go on, and models without statistics stay as they are', async () => {
  const model = sequential([dropout(0.5), dense(4, { parametrization: spectralNorm() }), batchNorm(), dense(3)])
  const trainer = trainerOf(model)
  const { model: trained } = await trainer.fit(data, { epochs: 1, batchSize: 20 })
  const [first, second] = [await trainer.recomputeStatistics(data), await trainer.recomputeStatistics(data)]
  const unit = (of: TrainedModel) => Math.hypot(...Array.from(of.state['dense.kernel.u']?.data ?? [], Number))
  expect(first.state['dense.kernel.u']).not.toEqual(trained.state['dense.kernel.u'])
  expect(unit(second)).toBeCloseTo(1, 5)
  expect(Object.keys(second.state)).toEqual(Object.keys(trained.state))
  const plain: TrainedModel = { ...trained, layer: dense(3), parameters: {}, state: {} }
  expect(await recomputeStatistics(plain, data, { backend: reference() })).toBe(plain)
})

test('statistics that are not finite any more are found again', async () => {
  const trainer = trainerOf()
  const { model } = await trainer.fit(data, { epochs: 1, batchSize: 20 })
  const spoilt = valueOf('float32', [6], [Number.NaN, 1, 1, Number.POSITIVE_INFINITY, 1, 1])
  const { state } = await recomputeStatistics(
    { ...model, state: { 'batchNorm.mean': spoilt, 'batchNorm.variance': spoilt } },
    data,
    { backend: reference(), batchSize: 60 },
  )
  close(state['batchNorm.mean'], moments(data.indices).mean)
  close(state['batchNorm.variance'], moments(data.indices).variance)
})

test('a cumulative average goes on from the batches counted here', async () => {
  const trainer = trainerOf(sequential([batchNorm({ momentum: 'cumulative' }), dense(3)]))
  const { model } = await trainer.fit(data, { epochs: 2, batchSize: 20 })
  expect(model.state['batchNorm.batches']?.data[0]).toBe(6)
  expect((await trainer.recomputeStatistics(data, { batchSize: 15 })).state['batchNorm.batches']?.data[0]).toBe(4)
})

test('refusals', async () => {
  const trainer = trainerOf()
  await expect(trainer.recomputeStatistics(data)).rejects.toThrow('there are no trained parameters')
  await trainer.fit(data, { epochs: 1, batchSize: 20 })
  await expect(trainer.recomputeStatistics(data, { batchSize: 0 })).rejects.toThrow("option 'batchSize' is not valid")
  await expect(trainer.recomputeStatistics({ ...data, indices: new Int32Array(0) })).rejects.toThrow('got no samples')
  await expect(trainer.recomputeStatistics(clusters(30, 1, 5))).rejects.toThrow('expected samples of [6]; got [30, 5]')
})
