// A loss that says what samples count: training and evaluation divide by the sum of that.

import { reference, valueOf } from '@gradwerk/core'
import { dense } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { meanLoss } from '@gradwerk/metrics'
import { sgd } from '@gradwerk/optimizers'
import { expect, it } from 'vitest'
import { Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

const plain = { model: dense(3), backend: reference(), metrics: [meanLoss()], optimizer: sgd(0.1), seed: 3 }
const data = clusters(60)
const how = { epochs: 2, batchSize: 7, validation: data }

it('equal weights of any size change nothing', async () => {
  const once = await new Trainer({ ...plain, loss: softmaxCrossEntropy() }).fit(data, how)
  const fivefold = await new Trainer({ ...plain, loss: softmaxCrossEntropy({ classWeights: [5, 5, 5] }) }).fit(
    data,
    how,
  )
  for (const [i, { loss, validation }] of fivefold.history.entries()) {
    expect(loss).toBeCloseTo(once.history[i]?.loss as number, 5)
    expect(validation?.['loss']).toBeCloseTo(once.history[i]?.validation?.['loss'] as number, 5)
    expect(validation?.['meanLoss']).toBeCloseTo(validation?.['loss'] as number, 5)
  }
})

it('ignored samples do not dilute the loss', async () => {
  const targets = valueOf(
    'int32',
    [60],
    Array.from(data.targets.data, Number).map((label, i) => (i < 30 ? label : -1)),
  )
  const half = { ...data, indices: data.indices.slice(0, 30) }
  const trainer = new Trainer({ ...plain, loss: softmaxCrossEntropy({ ignoreIndex: -1 }) })
  await trainer.fit({ ...data, targets }, { epochs: 1, batchSize: 60 })
  const withIgnored = await trainer.evaluate({ ...data, targets })
  expect(withIgnored['loss']).toBeCloseTo((await trainer.evaluate(half))['loss'] as number, 5)
})
