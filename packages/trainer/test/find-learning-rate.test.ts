// The learning-rate range test.

import { ort } from '@gradwerk/backend-ort'
import { OptionError, reference } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adam, cosine, exponential, momentum, parameterGroups, rprop, sgd } from '@gradwerk/optimizers'
import { describe, expect, it } from 'vitest'
import { smoothedAround, steepest } from '../src/find-learning-rate.ts'
import { findLearningRate, Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'

const data = clusters(120)
const options: TrainerOptions = {
  model: sequential([dense(8), relu(), dense(3)]),
  loss: softmaxCrossEntropy(),
  optimizer: sgd(cosine(123)),
  backend: reference(),
  seed: 2,
}

describe('findLearningRate', () => {
  it('is a run with a rising learning rate, loss for loss, whatever the schedule of the optimizer', async () => {
    const { rates, losses } = await findLearningRate(options, data, { from: 1e-3, to: 0.1, steps: 21, batchSize: 16 })
    const seen: number[] = []
    const trainer = new Trainer({
      ...options,
      optimizer: sgd(exponential({ from: 1e-3, factor: 100, every: 20 })),
      callbacks: [
        { kind: 'callback', name: 'watch', options: {}, onSteps: (_, record) => void seen.push(...record.losses) },
      ],
    })
    await trainer.fit(data, { epochs: 3, batchSize: 16, remainder: 'drop' })
    expect(losses).toEqual(seen)
    expect([rates[0], rates[10], rates[20], rates.length]).toEqual([1e-3, expect.closeTo(0.01, 12), 0.1, 21])
  })

  it.each([
    ['sgd', sgd(1)],
    ['momentum', momentum(1)],
    ['adam', adam(1)],
    ['groups', parameterGroups({ optimizer: sgd(1), groups: [{ roles: ['bias'], optimizer: adam(1) }] })],
  ])('suggests a rate that trains, and ends where losses explode: %s', async (_, optimizer) => {
    const { rates, losses, smoothed, suggestion } = await findLearningRate(
      { ...options, optimizer, backend: ort({ threads: 1 }) },
      data,
      { from: 1e-5, to: 1e5, steps: 200 },
    )
    expect(rates.length).toBeLessThan(200)
    expect([losses.length, smoothed.length]).toEqual([rates.length, rates.length])
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(suggestion).toBeGreaterThan(1e-4)
    expect(suggestion).toBeLessThan(rates.at(-1) as number)
    // The suggested rate learns in few steps, a hundredth of it does not.
    const rate = suggestion as number
    const after = async (learningRate: number) => {
      const { history } = await new Trainer({ ...options, optimizer: sgd(learningRate) }).fit(data, { epochs: 5 })
      return history.at(-1)?.loss as number
    }
    if (optimizer.name !== 'sgd') return
    expect(await after(rate)).toBeLessThan(0.5 * (await after(rate / 100)))
  })

  it('needs a learning rate, and options in range', async () => {
    await expect(findLearningRate({ ...options, optimizer: rprop() }, data)).rejects.toThrow(
      'findLearningRate: the optimizer rprop has no learning rate',
    )
    await expect(findLearningRate(options, data, { from: 1, to: 0.1 })).rejects.toThrow(OptionError)
    await expect(findLearningRate(options, data, { steps: 1 })).rejects.toThrow(OptionError)
  })

  it('trains on fewer samples than a batch has', async () => {
    const few = { ...data, indices: data.indices.slice(0, 10) }
    expect((await findLearningRate(options, few, { steps: 5, from: 1e-3, to: 1e-2 })).losses).toHaveLength(5)
  })
})

describe('the suggestion', () => {
  it('is where the curve falls fastest before its lowest point', () => {
    expect(steepest([1, 10, 100, 1000, 1e4, 1e5], [5, 4.9, 3, 2.95, 9, 1000])).toBe(10)
    expect(steepest([1, 10, 100], [1, 2, 3])).toBeNull()
    expect(steepest([1], [1])).toBeNull()
  })

  it('looks at means of neighbours', () => {
    expect(smoothedAround([1, 3, 5], 0)).toEqual([1, 3, 5])
    expect(smoothedAround([1, 3, 5], 0.5)).toEqual([(1 + 1.5 + 1.25) / 1.75, 3, (0.25 + 1.5 + 5) / 1.75])
  })
})
