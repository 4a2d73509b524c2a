import { type Layer, type Optimizer, OptionError } from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import * as optimizers from '@gradwerk/optimizers'
import * as regularizers from '@gradwerk/regularizers'
import { describe, expect, test } from 'vitest'
import { createStudy, defineSpace, float, tunableSpace } from '../src/index.ts'

const { adam, cosine, sgd } = optimizers
const model = layers.sequential([
  layers.dense(64, { regularizer: regularizers.l2(1e-3) }),
  layers.relu(),
  regularizers.dropout(0.5),
  layers.dense(10),
])
const registries = [layers, optimizers, regularizers]
const tunables: { model: Layer; optimizer: Optimizer } = { model, optimizer: adam(1e-3) }

describe('tunableSpace', () => {
  test('options with search ranges become parameters, in nested plugins as well', () => {
    const { space } = tunableSpace(tunables, registries)
    expect(Object.keys(space)).toEqual(
      expect.arrayContaining([
        'model.layers.0.units',
        'model.layers.0.regularizer.strength',
        'model.layers.2.dropProbability',
        'optimizer.learningRate',
      ]),
    )
    expect(space['optimizer.learningRate']).toMatchObject({ type: 'float', log: true })
  })

  test('domains are replaced and left out by path', () => {
    const given = {
      'optimizer.learningRate': float(0.1, 0.2),
      'model.layers.0.units': false,
      'model.layers.3.units': false,
    } as const
    const { space } = tunableSpace(tunables, registries, given)
    expect(space['optimizer.learningRate']).toEqual({ type: 'float', low: 0.1, high: 0.2 })
    expect(Object.keys(space)).not.toContain('model.layers.0.units')
  })

  test('an option that is a schedule is not a number to search', () => {
    const { space } = tunableSpace({ optimizer: sgd({ learningRate: cosine(0.1) }) }, registries)
    expect(Object.keys(space)).not.toContain('optimizer.learningRate')
  })

  test('plugins are made anew with the parameters of a trial', () => {
    const { configure } = tunableSpace(tunables, registries)
    const { model: made, optimizer } = configure({
      'model.layers.2.dropProbability': 0.25,
      'optimizer.learningRate': 0.01,
      batchSize: 32,
    })
    expect(optimizer.options['learningRate']).toBe(0.01)
    expect(JSON.parse(JSON.stringify(made))).toMatchObject({
      options: { layers: [{ options: { units: 64 } }, {}, { options: { dropProbability: 0.25 } }, {}] },
    })
    expect(made.apply).toBeTypeOf('function')
  })

  test('a study searches it', async () => {
    const { space, configure } = tunableSpace({ optimizer: adam(1e-3) }, registries)
    const study = createStudy({ space: defineSpace(space), seed: 1 })
    await study.optimize(
      (parameters) => Math.abs(Number(configure(parameters).optimizer.options['learningRate']) - 0.01),
      {
        trials: 5,
      },
    )
    expect(study.trials()).toHaveLength(5)
  })

  test('a path that no plugin has is refused', () => {
    expect(() => tunableSpace(tunables, registries, { 'optimizer.rate': false })).toThrow(OptionError)
    expect(() => tunableSpace(tunables, registries, { 'optimizer.rate': false })).toThrow(
      "tunableSpace: there is no option 'optimizer.rate'; expected one of model.layers",
    )
    expect(() => tunableSpace(tunables, registries, { 'optimizer.beta1': float(1, 0) })).toThrow('the range is empty')
  })
})
