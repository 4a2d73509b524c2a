// The suites on small right plugins. That their checks refuse wrong ones is tested beside.

import {
  callbackSuite,
  constraintSuite,
  doubles,
  gradientTransformSuite,
  initializerSuite,
  layerSuite,
  lossSuite,
  metricSuite,
  normalDistribution,
  optimizerSuite,
  pluginSuite,
  regularizerSuite,
  scheduleSuite,
} from '@gradwerk/testing'
import { describe, expect } from 'vitest'
import * as plugins from './plugins.ts'

const registries = [plugins]

describe('pluginSuite', () => pluginSuite(plugins.l1, [{ plugin: plugins.l1({ strength: 2 }) }], { registries }))

describe('layerSuite', () => {
  layerSuite(
    plugins.dense,
    [
      { plugin: plugins.dense({ units: 4 }), input: [3], output: [4], parameters: 16, differsInTraining: false },
      {
        plugin: plugins.dense({ initializer: plugins.heNormal({ gain: 1 }) }),
        input: [5],
        output: [2],
        parameters: 12,
      },
    ],
    { registries },
  )
  layerSuite(plugins.dropout, [
    { plugin: plugins.dropout(), input: [20], output: [20], parameters: 0, differsInTraining: true },
  ])
})

describe('initializerSuite', () => {
  initializerSuite(plugins.zeros, [
    { plugin: plugins.zeros(), shape: [3, 2], verify: (numbers) => expect([...numbers]).toEqual([0, 0, 0, 0, 0, 0]) },
  ])
  initializerSuite(plugins.heNormal, [
    { plugin: plugins.heNormal(), shape: [200, 100], distribution: normalDistribution({ std: 0.1 }) },
    {
      plugin: plugins.heNormal(),
      shape: [64, 16, 3, 3],
      fans: { fanIn: 144, fanOut: 576 },
      distribution: normalDistribution({ std: Math.sqrt(2 / 144) }),
    },
  ])
})

describe('optimizerSuite', () => {
  const plugin = plugins.momentum({ learningRate: 0.05 })
  const slow = plugins.momentum({ learningRate: 0.3, momentum: 0 })
  optimizerSuite(plugins.momentum, [{ plugin }, { plugin: slow, goals: { illConditioned: false } }])
})

describe('regularizerSuite', () => {
  regularizerSuite(plugins.l1, [{ plugin: plugins.l1() }])
  regularizerSuite(plugins.confidencePenalty, [{ plugin: plugins.confidencePenalty() }])
})

describe('constraintSuite', () => {
  constraintSuite(plugins.unitBox, [
    { plugin: plugins.unitBox({ bound: 2 }), holds: (w) => doubles(w).every((x) => Math.abs(x) <= 2) },
  ])
})

describe('lossSuite', () => {
  lossSuite(plugins.crossEntropy, [{ plugin: plugins.crossEntropy(), predictions: [4], targets: { classes: 4 } }])
})

describe('metricSuite', () => {
  metricSuite(plugins.accuracy, [{ plugin: plugins.accuracy(), predictions: [3], targets: { classes: 3 } }])
})

describe('scheduleSuite', () => {
  scheduleSuite(plugins.halving, [{ plugin: plugins.halving(), expected: [1, 0.5, 0.25] }])
})

describe('gradientTransformSuite', () =>
  gradientTransformSuite(plugins.clipByGlobalNorm, [{ plugin: plugins.clipByGlobalNorm() }]))

describe('callbackSuite', () => {
  callbackSuite(plugins.earlyStopping, [
    { plugin: plugins.earlyStopping(), stopsAfter: 5 },
    { plugin: plugins.earlyStopping({ patience: 9 }) },
  ])
})
