import * as initializers from '@gradwerk/initializers'
import { initializerSuite, truncatedNormalDistribution } from '@gradwerk/testing'
import { expect } from 'vitest'

const { truncatedNormal } = initializers
const shape = [80, 320]

initializerSuite(truncatedNormal, [
  { plugin: truncatedNormal(), shape, distribution: truncatedNormalDistribution() },
  {
    plugin: truncatedNormal({ mean: 2, standardDeviation: 0.01 }),
    shape,
    distribution: truncatedNormalDistribution({ mean: 2, std: 0.01 }),
  },
  {
    // 0.8796256610342398 is the deviation that SciPy gives for the unit normal cut at ±2.
    plugin: truncatedNormal({ standardDeviation: 0.8796256610342398 }),
    distribution: truncatedNormalDistribution({ std: 0.8796256610342398 }),
    shape,
    verify: (numbers) => {
      const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
      expect(largest).toBeLessThanOrEqual(2)
      expect(largest).toBeGreaterThan(1.999)
    },
  },
])
