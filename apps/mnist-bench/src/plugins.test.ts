import { isPlugin, OptionError, type Plugin } from '@gradwerk/core'
import { expect, it } from 'vitest'
import { configurationNames } from './configurations.ts'
import { pluginsOf, searchSpaceOf } from './plugins.ts'

const hidden = [8]
const rate = { type: 'float', low: 1e-3, high: 1, log: true }

it.each([
  ['none', {}],
  ['l2', { 'regularizers.0.strength': { type: 'float', low: 1e-6, high: 1e-2, log: true } }],
  ['dropout', { 'model.dropout.dropProbability': { type: 'float', low: 0, high: 0.8 } }],
])('searches %s in the ranges of its plugins', (configuration, own) => {
  expect(searchSpaceOf({ configuration, hidden })).toEqual({ 'optimizer.learningRate.from': rate, ...own })
})

it.each(configurationNames)('has a learning rate to search for %s', (configuration) => {
  const rates = Object.keys(searchSpaceOf({ configuration, hidden })).filter((path) => path.startsWith('optimizer.'))
  expect(rates).toHaveLength(1)
})

it('puts parameters into the plugins and leaves the rest as it is', () => {
  const request = { configuration: 'dropout-l2', hidden }
  const parameters = {
    'optimizer.learningRate.from': 0.5,
    'regularizers.0.strength': 1e-5,
    'model.dropout.dropProbability': 0.25,
    batchSize: 32,
  }
  const [before, after] = [pluginsOf(request), pluginsOf({ ...request, parameters })]
  const changed = { learningRate: { options: { from: 0.5, to: 0 } } }
  expect(after.optimizer.options).toMatchObject({ ...withoutPlugins(before.optimizer), ...changed })
  expect(after.regularizers[0]?.options).toEqual({ strength: 1e-5 })
  expect(after.model.options).toMatchObject({ hidden, dropout: { options: { dropProbability: 0.25 } } })
  expect(() => pluginsOf({ ...request, parameters: { 'regularizers.0.strength': -1 } })).toThrow(OptionError)
})

function withoutPlugins({ options }: Plugin) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => !isPlugin(value)))
}
