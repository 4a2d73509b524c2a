// All metrics inside an evaluation program: on both backends, over batches of 500, 500 and 203 samples.

import { ort } from '@gradwerk/backend-ort'
import { type Backend, type Metric, reference } from '@gradwerk/core'
import { dense } from '@gradwerk/layers'
import { meanSquaredError, softmaxCrossEntropy } from '@gradwerk/losses'
import {
  absoluteError,
  accuracy,
  confusionMatrix,
  confusionMatrixOf,
  expectedCalibrationError,
  f1,
  rSquared,
  topKAccuracy,
} from '@gradwerk/metrics'
import { sgd } from '@gradwerk/optimizers'
import { describe, expect, it } from 'vitest'
import { Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

const data = clusters(1203)
const classes = [
  accuracy(),
  topKAccuracy(2),
  confusionMatrix(),
  f1(),
  f1({ average: 'micro' }),
  expectedCalibrationError(),
]

async function figures(backend: Backend, metrics: readonly Metric[], regression = false) {
  const column = { ...data, targets: { ...data.targets, shape: [1203, 1] } }
  const loss = regression ? meanSquaredError() : softmaxCrossEntropy()
  const trainer = new Trainer({ model: dense(regression ? 1 : 3), loss, optimizer: sgd(0.05), metrics, backend })
  const dataset = regression ? column : data
  await trainer.fit(dataset, { epochs: 1 })
  return { found: await trainer.evaluate(dataset), predictions: await trainer.predict(data.inputs) }
}

describe.each<[string, () => Backend]>([
  ['reference', () => reference()],
  ['ort', () => ort({ threads: 1 })],
])('on %s', (_, backend) => {
  it('metrics of classes agree with the predictions', async () => {
    const { found, predictions } = await figures(backend(), classes)
    const rows = Array.from({ length: 1203 }, (_, i) => Array.from(predictions.data.subarray(3 * i, 3 * i + 3), Number))
    const counts = [0, 1, 2].map(() => [0, 0, 0])
    for (const [i, row] of rows.entries()) {
      const cells = counts[Number(data.targets.data[i])] as number[]
      const best = row.indexOf(Math.max(...row))
      cells[best] = (cells[best] as number) + 1
    }
    expect(confusionMatrixOf(found)).toEqual(counts)
    const right = counts.reduce((sum, row, i) => sum + (row[i] as number), 0) / 1203
    expect(found['accuracy']).toBeCloseTo(right, 6)
    expect(found['microF1']).toBeCloseTo(right, 6)
    expect(found['top2Accuracy']).toBeGreaterThan(right)
    const mean = [0, 1, 2].reduce((sum, c) => sum + (found[`f1.${c}`] as number) / 3, 0)
    expect(found['f1']).toBeCloseTo(mean, 6)
    expect(found['expectedCalibrationError']).toBeGreaterThan(0)
  })

  it('metrics of errors agree with the predictions', async () => {
    const { found, predictions } = await figures(backend(), [absoluteError(), rSquared()], true)
    const pairs = Array.from(predictions.data, Number).map((x, i) => [x, Number(data.targets.data[i])] as const)
    const mean = pairs.reduce((sum, [, t]) => sum + t, 0) / 1203
    const sum = (of: (x: number, t: number) => number) => pairs.reduce((total, [x, t]) => total + of(x, t), 0)
    expect(found['absoluteError']).toBeCloseTo(sum((x, t) => Math.abs(x - t)) / 1203, 5)
    expect(found['rSquared']).toBeCloseTo(1 - sum((x, t) => (t - x) ** 2) / sum((_, t) => (t - mean) ** 2), 5)
  })
})

it('two metrics of one kind are told apart by their figures', () => {
  const make = (metrics: Metric[]) => () =>
    new Trainer({ model: dense(3), loss: softmaxCrossEntropy(), optimizer: sgd(0.1), backend: reference(), metrics })
  expect(make([topKAccuracy(2), topKAccuracy(3)])).not.toThrow()
  expect(make([f1(), f1()])).toThrow(/two figures are named 'f1'/)
})
