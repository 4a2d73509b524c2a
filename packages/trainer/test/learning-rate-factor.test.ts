// A callback's learning-rate factor reaches every learning rate of an optimizer, on top of schedules.

import { type Callback, reference } from '@gradwerk/core'
import { dense } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adam, ema, linear, parameterGroups, reduceOnPlateau, sgd } from '@gradwerk/optimizers'
import { expect, it } from 'vitest'
import { Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

it('reduceOnPlateau scales the rates of all groups and of what is averaged', async () => {
  const seen: Record<string, number>[] = []
  const watch: Callback = {
    kind: 'callback',
    name: 'watch',
    options: {},
    onEpochEnd: (run) => void seen.push(run.hyperparameters() as Record<string, number>),
  }
  const trainer = new Trainer({
    model: dense(3),
    loss: softmaxCrossEntropy(),
    optimizer: parameterGroups({
      optimizer: ema(sgd(linear({ from: 0.8, to: 0.4, over: 8 }))),
      groups: [{ roles: ['bias'], optimizer: adam(0.5) }],
    }),
    // No loss ever improves by 90 %.
    callbacks: [watch, reduceOnPlateau({ factor: 0.25, patience: 0, minRelativeDelta: 0.9, monitor: 'loss' })],
    backend: reference(),
  })
  await trainer.fit(clusters(40), { epochs: 4, batchSize: 20 })
  const rates = (name: string) => seen.map((values) => values[`optimizer.${name}.learningRate`])
  expect(rates('groups.0')).toEqual([0.5, 0.5, 0.125, 0.03125])
  // Schedule values of steps 1, 3, 5, 7, times the factors.
  const scheduled = [0.75, 0.65, 0.55 / 4, 0.45 / 16]
  rates('rest').forEach((rate, i) => {
    expect(rate).toBeCloseTo(scheduled[i] as number, 6)
  })
  expect(seen.at(-1)?.['optimizer.groups.0.beta1']).toBeCloseTo(0.9, 6)
})
