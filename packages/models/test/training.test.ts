// Every model learns generated digits, on ONNX Runtime, in seconds, and its file computes what it computes.

import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import { generatedDigits } from '@gradwerk/datasets'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { allConvolutional, batchNormCnn, leNet5, mlp, preActivationResNet } from '@gradwerk/models'
import { batchNorm } from '@gradwerk/normalization'
import { exportOnnx } from '@gradwerk/onnx'
import { adam, cosine } from '@gradwerk/optimizers'
import { Trainer } from '@gradwerk/trainer'
import { expect, test } from 'vitest'

const { train, test: held } = generatedDigits({ train: 600, test: 200, seed: 1 })

test.each([
  [mlp({ hidden: [64] }), 3, 0.8],
  [leNet5(), 3, 0.85],
  [batchNormCnn({ filters: [4, 8], units: 32 }), 3, 0.9],
  // Without a normalization it takes several epochs of this size until it begins to learn.
  [allConvolutional({ filters: [8, 16], normalization: batchNorm() }), 4, 0.7],
  [preActivationResNet({ blocks: 1, width: 8, survival: 0.9 }), 4, 0.6], // 0.70 to 0.80 over four seeds
])('$name', async (model, epochs, atLeast) => {
  const trainer = new Trainer({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: adam(cosine(1e-2)),
    metrics: [accuracy()],
    backend: ort({ threads: 1 }),
    seed: 1,
  })
  const run = await trainer.fit(train, { epochs, batchSize: 20 })
  const { accuracy: reached } = await trainer.evaluate(held)
  expect(reached).toBeGreaterThan(atLeast) // guessing: 0.1
  // Logits of two float32 computations; they are of the order of 10.
  expect((await verifyOnnx(await exportOnnx(run.model), run.model)).maxAbsDifference).toBeLessThan(2e-5)
})
