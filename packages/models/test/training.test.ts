// Every model learns generated digits, on ONNX Runtime, in seconds.

import { ort } from '@gradwerk/backend-ort'
import { generatedDigits } from '@gradwerk/datasets'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { batchNormCnn, leNet5, mlp } from '@gradwerk/models'
import { adam, cosine } from '@gradwerk/optimizers'
import { Trainer } from '@gradwerk/trainer'
import { expect, test } from 'vitest'

const { train, test: held } = generatedDigits({ train: 1000, test: 200, seed: 1 })

test.each([
  [mlp({ hidden: [64] }), 4, 0.8],
  [leNet5(), 4, 0.8],
  [batchNormCnn({ filters: [8, 16], units: 32 }), 3, 0.9],
])('$name', async (model, epochs, atLeast) => {
  const trainer = new Trainer({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: adam(cosine(3e-3)),
    metrics: [accuracy()],
    backend: ort({ threads: 1 }),
    seed: 1,
  })
  await trainer.fit(train, { epochs, batchSize: 32 })
  const { accuracy: reached } = await trainer.evaluate(held)
  expect(reached).toBeGreaterThan(atLeast)
})
