// Averaged weights with statistics of their own: stochastic weight averaging through batch normalization.

import { reference } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm } from '@gradwerk/normalization'
import { cosine, momentum, piecewise, swa } from '@gradwerk/optimizers'
import { expect, it } from 'vitest'
import { recomputeStatistics, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

it('the mean of late weights gets fresh batch-norm statistics', async () => {
  const data = clusters(120)
  const backend = reference()
  const learningRate = piecewise({ parts: [cosine({ from: 0.2, to: 0.1 }), 0.1], boundaries: [0.5] })
  const trainer = new Trainer({
    model: sequential([dense(8), batchNorm(), relu(), dense(3)]),
    loss: softmaxCrossEntropy(),
    optimizer: swa({ optimizer: momentum({ learningRate }), start: 0.5, every: 4 }),
    backend,
  })
  const run = await trainer.fit(data, { epochs: 10, batchSize: 30 })
  const fresh = await recomputeStatistics(run.model, data, { backend, batchSize: 40 })
  expect(fresh.parameters).toEqual(run.model.parameters)
  // The mean of what the averaged first layer gives for the data.
  const { data: kernel } = run.model.parameters['dense.kernel'] as NonNullable<(typeof run.model.parameters)[string]>
  const inputs = Array.from(data.inputs.data, Number)
  const bias = Array.from(run.model.parameters['dense.bias']?.data ?? [], Number)
  const means = Array.from({ length: 8 }, (_, unit) => {
    const outputs = inputs.map((x, i) => x * Number(kernel[(i % 6) * 8 + unit]))
    return outputs.reduce((a, b) => a + b) / 120 + (bias[unit] ?? 0)
  })
  const mean = Object.keys(fresh.state).find((name) => /mean/i.test(name)) as string
  const difference = (of: typeof fresh) =>
    Math.max(...means.map((x, i) => Math.abs(x - Number(of.state[mean]?.data[i]))))
  expect(difference(fresh)).toBeLessThan(1e-5)
  expect(difference(run.model)).toBeGreaterThan(1e-2)
})
