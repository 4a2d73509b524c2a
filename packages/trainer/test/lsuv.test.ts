// LSUV through the trainer, which has layers corrected from the input on.

import { constant, evaluate, numbers, reference, type Tensor, traceModel } from '@gradwerk/core'
import { lsuv } from '@gradwerk/initializers'
import { conv2d, dense, flatten, relu, reshape, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { sgd } from '@gradwerk/optimizers'
import { Trainer } from '@gradwerk/trainer'
import { expect, test } from 'vitest'
import { clusters } from './data.ts'

test('every layer starts with outputs of variance 1, convolutions and late layers too', async () => {
  const data = clusters(60, 3, 16)
  const initializer = lsuv({ tolerance: 1e-3 })
  const model = sequential([
    reshape([1, 4, 4]),
    conv2d(5, { size: 3, initializer }),
    relu(),
    flatten(),
    ...Array.from({ length: 4 }, () => [dense(12, { initializer }), relu()]).flat(),
    dense(3, { initializer }),
  ])
  const trainer = new Trainer({ model, loss: softmaxCrossEntropy(), optimizer: sgd(0), backend: reference(), seed: 2 })
  const { model: trained } = await trainer.fit(data, { epochs: 1, batchSize: 30 })
  const trace = traceModel(model, constant(data.inputs))
  const paths = ['conv2d', 'dense', 'dense_1', 'dense_2', 'dense_3', 'dense_4']
  const outputs = evaluate(
    paths.map((path) => trace.activations.get(path) as Tensor),
    { ...trained.parameters },
  )
  for (const output of outputs) {
    const all = Array.from(numbers(output))
    const mean = (f: (x: number) => number) => all.reduce((total, x) => total + f(x), 0) / all.length
    expect(Math.abs(mean((x) => x * x) - mean((x) => x) ** 2 - 1)).toBeLessThan(1e-3)
  }
})
