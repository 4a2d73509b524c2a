import { input, type Schedule, traceModel } from '@gradwerk/core'
import { expect, it } from 'vitest'
import { optionsOf } from './configuration.ts'
import { configurationNamed } from './configurations.ts'
import { hiddenOf } from './plan.ts'
import { modelOf } from './plugins.ts'
import { settingsFrom } from './settings.ts'

function modelNamed(configuration: string) {
  const hidden = hiddenOf(configuration, settingsFrom({ preset: 'default', out: '.' }))
  const layer = modelOf({ configuration, hidden })
  return { layer, ...traceModel(layer, input('x', [1, 28, 28])) }
}

it.each([
  // 784 · 1024 + 2 · 1024² + 1024 · 10 weights, 3 · 1024 + 10 biases, 3 · 2 · 1024 in normalizations
  ['srivastava', 2_919_434],
  ['simard', 784 * 800 + 800 + 8_000 + 10],
  ['cnn-augmented', 468_138],
  ['lenet5-one-cycle', 61_706],
  // 72 + 576 + 1,152 + 2,304 in convolutions, 16 · 49 · 64 + 650 in dense layers, 2 · (8 + 8 + 16 + 16 + 64) in normalizations
  ['small-cnn-one-cycle', 55_154],
])('%s has %i parameters', (configuration, expected) => {
  const sizes = [...modelNamed(configuration).parameters.values()].map(({ spec }) => spec.shape.reduce((a, b) => a * b))
  expect(sizes.reduce((a, b) => a + b)).toBe(expected)
})

it('srivastava constrains the kernels of all layers, drops pixels before hidden units, and penalizes confidence', () => {
  const { layer, parameters } = modelNamed('srivastava')
  const specs = [...parameters.values()].map(({ spec }) => spec)
  const constraints = specs.map(({ role, constraint }) => `${role} ${JSON.stringify(constraint?.options)}`)
  expect(constraints.filter((text) => text.startsWith('kernel'))).toEqual(Array(4).fill('kernel {"limit":2}'))
  expect(constraints.filter((text) => !text.startsWith('kernel') && !text.endsWith('undefined'))).toEqual([])
  const { model, regularizers } = optionsOf(configurationNamed('srivastava'), layer)
  expect(regularizers).toMatchObject([{ name: 'confidencePenalty', options: { strength: 0.1 } }])
  expect(model).toMatchObject({
    name: 'sequential',
    options: {
      layers: [
        { name: 'dropout', options: { dropProbability: 0.2 } },
        { name: 'mlp', options: { hidden: [1024, 1024, 1024], dropout: { options: { dropProbability: 0.35 } } } },
      ],
    },
  })
})

it.each([
  ['simard', { name: 'warp', options: { sigma: 4, alpha: 34, rotation: 5, scale: 0.05, shift: 0 } }],
  ['cnn-augmented', { name: 'affine', options: { shift: 2, rotation: 10, scale: 0.1, shear: 0 } }],
])('%s tells in its options how images are moved', (name, expected) => {
  const { augmentations } = optionsOf(configurationNamed(name), modelNamed(name).layer)
  expect(augmentations).toMatchObject([expected])
})

it.each([
  ['lenet5-one-cycle', 5e-3, 500],
  ['small-cnn-one-cycle', 0.01, 200],
])('%s rises to %d in a quarter of its cycle, and is low after step %i of 800', (name, peak, cycle) => {
  const { learningRate } = configurationNamed(name).optimizer.options
  const { at } = learningRate as Schedule
  expect(at(cycle / 4 - 1, 800)).toBeCloseTo(peak, 12)
  for (const step of [cycle - 1, 799]) expect(at(step, 800)).toBeCloseTo(peak / 250, 12)
})
