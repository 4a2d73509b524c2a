// Training that goes on from the numbers of a trained model.

import { ort } from '@gradwerk/backend-ort'
import { DataError, numbers, OptionError, reference, type TrainedModel, type Values, valueOf } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm } from '@gradwerk/normalization'
import { adam, ema, sgd } from '@gradwerk/optimizers'
import { describe, expect, test } from 'vitest'
import { findLearningRate, Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'
import { lsuv } from './third-party.ts'

const data = clusters(60)
const layer = sequential([dense(5, { initializer: lsuv }), batchNorm(), relu(), dense(3)])
const plain = { loss: softmaxCrossEntropy(), optimizer: sgd(0.3), backend: reference(), seed: 4 }
/** All data in one batch: the order of an epoch then decides nothing but roundings. */
const whole = { batchSize: 60 }

const trainerOf = (model: TrainerOptions['model'], rest: Partial<TrainerOptions> = {}) =>
  new Trainer({ ...plain, model, ...rest })

function largestDifference(a: TrainedModel, b: TrainedModel): number {
  const right: Values = { ...b.parameters, ...b.state }
  const differences = Object.entries({ ...a.parameters, ...a.state }).flatMap(([name, left]) =>
    Array.from(numbers(left), (x, i) => Math.abs(x - Number(right[name]?.data[i]))),
  )
  return Math.max(...differences)
}

describe.each([reference(), ort({ threads: 1 })])('$description.name', (backend) => {
  test('goes on where the model is', async () => {
    const through = await trainerOf(layer, { backend }).fit(data, { ...whole, epochs: 6 })
    const half = await trainerOf(layer, { backend }).fit(data, { ...whole, epochs: 3 })
    const rest = await trainerOf(half.model, { backend, seed: 99 }).fit(data, { ...whole, epochs: 3 })
    expect(largestDifference(through.model, half.model)).toBeGreaterThan(1e-2)
    expect(largestDifference(through.model, rest.model)).toBeLessThan(1e-5)
  })
})

test('evaluates and predicts as the model does, before any fit, and leaves the model as it is', async () => {
  const trainer = trainerOf(layer, { optimizer: ema({ optimizer: adam(0.02), decay: 0.9 }) })
  const { model } = await trainer.fit(data, { epochs: 2 })
  const before = structuredClone({ ...model, layer: null })
  const other = trainerOf(model)
  expect(await other.evaluate(data)).toEqual(await trainer.evaluate(data))
  expect(await other.predict(data.inputs)).toEqual(await trainer.predict(data.inputs))
  expect(largestDifference(await other.recomputeStatistics(data), model)).toBeGreaterThan(0)
  const { model: trained } = await other.fit(data, { epochs: 1 })
  expect(largestDifference(trained, model)).toBeGreaterThan(1e-3)
  expect({ ...model, layer: null }).toEqual(before)
  expect(trained.layer).toBe(layer)
})

test('learning rates are tried from there', async () => {
  const { model } = await trainerOf(layer).fit(data, { ...whole, epochs: 30 })
  const options = { ...plain, optimizer: sgd(1) }
  const [drawn, trained] = [
    await findLearningRate({ ...options, model: layer }, data, { steps: 5 }),
    await findLearningRate({ ...options, model }, data, { steps: 5 }),
  ]
  expect(trained.losses[0]).toBeLessThan((drawn.losses[0] as number) / 2)
})

describe('refused', () => {
  test('numbers of another model', async () => {
    const { model } = await trainerOf(layer).fit(data, { epochs: 1 })
    const { 'dense.kernel': kernel, ...others } = model.parameters
    const extra = valueOf('float32', [1], [0])
    const missing = trainerOf({ ...model, parameters: { ...others, extra } }).fit(data, { epochs: 1 })
    await expect(missing).rejects.toThrow(DataError)
    await expect(missing).rejects.toThrow(
      'the numbers of the trained model are not those of its layer for this dataset; expected dense.kernel float32 [6, 5]; got dense.kernel missing, extra float32 [1]',
    )
    const wider = trainerOf(model).fit(clusters(60, 1, 7), { epochs: 1 })
    await expect(wider).rejects.toThrow('expected dense.kernel float32 [7, 5]; got dense.kernel float32 [6, 5]')
    expect(kernel?.shape).toEqual([6, 5])
  })

  test('what is neither a layer nor a trained model', () => {
    for (const model of [{ layer }, { layer, input: { shape: [6] }, parameters: {}, state: 3 }, 'mlp'])
      expect(() => trainerOf(model as TrainedModel)).toThrow(
        new OptionError({
          who: 'Trainer',
          problem: "option 'model' is not valid",
          expected: 'a layer or a trained model',
        }).message,
      )
  })
})
