// The conformance suite: seeds, round trips, and 256,000 draws against the stated distributions.

import * as initializers from '@gradwerk/initializers'
import { initializerSuite, normalDistribution, uniformDistribution } from '@gradwerk/testing'
import { expect } from 'vitest'

const { constant, heNormal, heUniform, lecunNormal, lecunUniform, normal, ones, uniform } = initializers
const { varianceScaling, xavierNormal, xavierUniform, zeros } = initializers

/** [in, out]: fanIn 80, fanOut 320. */
const shape = [80, 320]
const within = (bound: number) => uniformDistribution({ low: -bound, high: bound })
const everywhere = (number: number) => (numbers: Float32Array) => {
  for (const x of numbers) expect(x).toBe(Math.fround(number))
}

initializerSuite(zeros, [{ plugin: zeros(), shape: [3, 4], verify: everywhere(0) }])
initializerSuite(ones, [{ plugin: ones(), shape: [3, 4], verify: everywhere(1) }])
initializerSuite(constant, [{ plugin: constant(0.1), shape: [3, 4], verify: everywhere(0.1) }])
initializerSuite(uniform, [
  { plugin: uniform(), shape, distribution: uniformDistribution() },
  { plugin: uniform({ low: -3, high: -1 }), shape, distribution: uniformDistribution({ low: -3, high: -1 }) },
])
initializerSuite(normal, [
  { plugin: normal(), shape, distribution: normalDistribution() },
  {
    plugin: normal({ mean: 2, standardDeviation: 0.01 }),
    shape,
    distribution: normalDistribution({ mean: 2, std: 0.01 }),
  },
])
initializerSuite(varianceScaling, [
  { plugin: varianceScaling(), shape, distribution: normalDistribution({ std: Math.sqrt(1 / 80) }) },
  {
    plugin: varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'uniform' }),
    shape,
    distribution: within(Math.sqrt(6 / 320)),
  },
])
initializerSuite(xavierUniform, [
  { plugin: xavierUniform(), shape, distribution: within(Math.sqrt(6 / 400)) },
  { plugin: xavierUniform({ gain: 2 }), shape, distribution: within(2 * Math.sqrt(6 / 400)) },
])
initializerSuite(xavierNormal, [
  { plugin: xavierNormal(), shape, distribution: normalDistribution({ std: Math.sqrt(2 / 400) }) },
])
initializerSuite(heUniform, [
  { plugin: heUniform(), shape, distribution: within(Math.sqrt(6 / 80)) },
  { plugin: heUniform({ negativeSlope: 1, mode: 'fanOut' }), shape, distribution: within(Math.sqrt(3 / 320)) },
])
initializerSuite(heNormal, [
  { plugin: heNormal(), shape, distribution: normalDistribution({ std: Math.sqrt(2 / 80) }) },
  { plugin: heNormal({ gain: 1 }), shape, distribution: normalDistribution({ std: Math.sqrt(1 / 80) }) },
])
initializerSuite(lecunUniform, [{ plugin: lecunUniform(), shape, distribution: within(Math.sqrt(3 / 80)) }])
initializerSuite(lecunNormal, [
  { plugin: lecunNormal(), shape, distribution: normalDistribution({ std: Math.sqrt(1 / 80) }) },
])
