// Milliseconds of a training step with and without augmentations, in turns. Processor time (of all threads) tells even where others use the
// machine; with one thread, which never waits busily, it is the time on an idle one.
// npx tsx bench/step-time.ts [perceptron|convolutional] [threads] [rounds] [augmentation,…]

import { ort } from '@gradwerk/backend-ort'
import type { Augmentation, Callback } from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import { conv2d, dense, flatten, maxPool2d, relu, reshape, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { momentum } from '@gradwerk/optimizers'
import { Trainer } from '@gradwerk/trainer'
import * as augmentation from '../src/index.ts'

const [network = 'perceptron', threads = '2', rounds = '6', names = ''] = process.argv.slice(2)
const { affine, cropAndPad, cutmix, elastic, erase, gaussianNoise, horizontalFlip, mixup, shift, warp } = augmentation
const all: Readonly<Record<string, Augmentation>> = {
  shift: shift(2),
  affine: affine({ rotation: 10, shift: 2, scale: 0.1, shear: 5 }),
  elastic: elastic(),
  warp: warp({ rotation: 10, scale: 0.1 }),
  cropAndPad: cropAndPad(2),
  horizontalFlip: horizontalFlip(),
  erase: erase(),
  gaussianNoise: gaussianNoise(),
  mixup: mixup(),
  cutmix: cutmix(),
}
const chosen = names === '' ? Object.keys(all) : names.split(',')
const batchSize = 128
const { train } = generatedDigits({ train: batchSize * 16, test: 10, seed: 1 })
const convolution = (filters: number) => [conv2d(filters, { size: 3, padding: 'same' }), relu()]
const model =
  network === 'perceptron'
    ? sequential([flatten(), dense(800), relu(), dense(10)])
    : sequential([
        reshape([1, 28, 28]),
        ...convolution(32),
        ...convolution(64),
        maxPool2d(2),
        flatten(),
        dense(128),
        relu(),
        dense(10),
      ])

const configurations = [undefined, ...chosen].map((name) => ({
  name: name ?? 'none',
  augmentations: name === undefined ? [] : [all[name] as Augmentation],
  elapsed: [] as number[],
  processor: [] as number[],
}))

for (let round = 0; round < Number(rounds); round++)
  for (const { augmentations, elapsed, processor } of configurations) {
    const ends: { readonly elapsed: number; readonly processor: number }[] = []
    const clock: Callback = {
      kind: 'callback',
      name: 'clock',
      options: {},
      onEpochEnd: () => {
        const { user, system } = process.cpuUsage()
        ends.push({ elapsed: performance.now(), processor: (user + system) / 1000 })
      },
    }
    const trainer = new Trainer({
      model,
      loss: softmaxCrossEntropy(),
      optimizer: momentum(0.01),
      callbacks: [clock],
      augmentations,
      backend: ort({ threads: Number(threads) }),
    })
    await trainer.fit(train, { epochs: 3, batchSize })
    for (const [i, end] of ends.slice(1).entries()) {
      elapsed.push((end.elapsed - (ends[i]?.elapsed ?? 0)) / 16)
      processor.push((end.processor - (ends[i]?.processor ?? 0)) / 16)
    }
  }

const summary = (times: readonly number[]) => {
  const sorted = times.toSorted((a, b) => a - b)
  return [0, 0.5].map((share) => (sorted[Math.floor(share * (sorted.length - 1))] as number).toFixed(2)).join(' / ')
}
for (const { name, elapsed, processor } of configurations)
  console.log(
    `${network}, ${threads} threads, ${name}: fastest / median elapsed ${summary(elapsed)} ms, processor ${summary(processor)} ms`,
  )
