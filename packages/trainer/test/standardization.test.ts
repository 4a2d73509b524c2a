// Standardization as part of a model: fitted on the training part of a split, trained, exported.

import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import { type Dataset, keyOf, numbers, reference, stratifiedSplit, valueOf } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { fitStandardization, standardize } from '@gradwerk/normalization'
import { decodeModel, exportOnnx } from '@gradwerk/onnx'
import { sgd } from '@gradwerk/optimizers'
import { describe, expect, test } from 'vitest'
import { Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

/** The clusters in units that no network likes: features around 5000, of deviations from 0.01 to 1000, and one constant. */
function awkward(): Dataset {
  const { inputs, ...rest } = clusters(150)
  const scales = [0.01, 1000, 1, 10, 100, 0]
  const data = Array.from(numbers(inputs), (x: number, i: number) => 5000 + x * (scales[i % 6] as number))
  return { ...rest, inputs: valueOf('float32', inputs.shape, data) }
}

describe.each([
  ['reference', () => reference()],
  ['ort', () => ort({ threads: 1 })],
] as const)('on %s', (_, backend) => {
  test('a network learns from awkward units, and exports with its standardization', async () => {
    const { train, validation } = stratifiedSplit(awkward(), 0.2, keyOf(1))
    const model = sequential([standardize(fitStandardization(train)), dense(8), relu(), dense(3)])
    const trainer = new Trainer({
      model,
      loss: softmaxCrossEntropy(),
      metrics: [accuracy()],
      optimizer: sgd(0.2),
      backend: backend(),
      seed: 1,
    })
    const run = await trainer.fit(train, { validation, epochs: 15, batchSize: 20 })
    expect(run.history.at(-1)?.validation?.['accuracy']).toBeGreaterThan(0.8)
  })

  test('an exported model holds its standardization, and takes inputs as they come', async () => {
    const data = clusters(60)
    const model = sequential([standardize(fitStandardization(data)), dense(3)])
    const trainer = new Trainer({ model, loss: softmaxCrossEntropy(), optimizer: sgd(0.2), backend: backend() })
    const run = await trainer.fit(data, { epochs: 2, batchSize: 20 })
    const bytes = await exportOnnx(run.model)
    expect((await verifyOnnx(bytes, run.model)).maxAbsDifference).toBeLessThan(1e-5)
    const { graph, metadataProps } = decodeModel(bytes)
    expect(graph?.node.slice(0, 2).map(({ opType }) => opType)).toEqual(['Sub', 'Div'])
    expect(metadataProps.find(({ key }) => key === 'gradwerk.model')?.value).toContain('"deviation":[')
  })
})
