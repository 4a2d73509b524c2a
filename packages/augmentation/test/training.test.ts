// Augmentations in training: the same numbers however steps are grouped, and none of them in evaluation.

import { compose, cutmix, elastic, erase, gaussianNoise, maybe, mixup, warp } from '@gradwerk/augmentation'
import { ort } from '@gradwerk/backend-ort'
import { type Augmentation, type Backend, reference, type Value } from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import { dense, flatten, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { sgd } from '@gradwerk/optimizers'
import { expectClose } from '@gradwerk/testing'
import { Trainer } from '@gradwerk/trainer'
import { describe, expect, test } from 'vitest'

const { train, test: held } = generatedDigits({ train: 50, test: 20, seed: 1 })
const everything = [
  warp({ rotation: 10, scale: 0.1, shift: 1, fields: 4 }),
  maybe(0.5, compose([erase(), gaussianNoise(0.05)])),
  maybe(0.5, mixup()),
]

interface Setting {
  readonly augmentations: readonly Augmentation[]
  readonly backend: Backend
  readonly stepsPerCall: number
  readonly learningRate?: number
}

function trainerOf({ learningRate = 0.05, ...rest }: Setting) {
  return new Trainer({
    model: sequential([flatten(), dense(8), relu(), dense(10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd(learningRate),
    metrics: [accuracy()],
    seed: 3,
    ...rest,
  })
}

/** Parameters after an epoch of nine batches, the last of two samples. */
async function trained(setting: Setting): Promise<Readonly<Record<string, Value>>> {
  return (await trainerOf(setting).fit(train, { epochs: 1, batchSize: 6 })).model.parameters
}

describe('the numbers of a run', () => {
  test('do not depend on the steps of a call', async () => {
    const [one, again, eight] = await Promise.all(
      [1, 1, 8].map((stepsPerCall) =>
        trained({ augmentations: everything, backend: ort({ threads: 1 }), stepsPerCall }),
      ),
    )
    expect(again).toEqual(one)
    expect(eight).toEqual(one)
  })

  test('are those of the reference', async () => {
    const [plain, native] = await Promise.all(
      [reference(), ort({ threads: 2 })].map((backend) =>
        trained({ augmentations: everything, backend, stepsPerCall: 4 }),
      ),
    )
    for (const [name, value] of Object.entries(plain ?? {}))
      expectClose(native?.[name] as Value, value, { largest: 1e-4, absolute: 1e-6 })
  })

  test('differ from those without', async () => {
    const backend = ort({ threads: 1 })
    const [plain, ...others] = await Promise.all(
      [[], [elastic({ fields: 4 })], [cutmix()]].map((augmentations) =>
        trained({ augmentations, backend, stepsPerCall: 8 }),
      ),
    )
    for (const other of others) expect(other).not.toEqual(plain)
  })
})

test('evaluation and prediction see the images as they are', async () => {
  const backend = ort({ threads: 1 })
  const evaluated = async (augmentations: readonly Augmentation[]) => {
    const trainer = trainerOf({ augmentations, backend, stepsPerCall: 4, learningRate: 0 })
    const run = await trainer.fit(train, { epochs: 1, batchSize: 10, trackTraining: true, validation: held })
    return { training: run.history.at(-1)?.training, evaluation: await trainer.evaluate(held) }
  }
  const plain = await evaluated([])
  expect(plain.training).toBeDefined()
  expect(await evaluated(everything)).toEqual(plain)
})
