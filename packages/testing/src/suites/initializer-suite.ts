// The conformance suite of initializers.

import type { Initializer } from '@gradwerk/core'
import {
  assertDraws,
  assertSameInitializer,
  assertSeeding,
  type InitializerCase,
  sampleOf,
} from '../checks/initializer.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

/**
 * Seeds, and 256,000 draws against the stated distribution: `initializerSuite(heNormal, [{ plugin: heNormal(), shape: [200, 100],
 * distribution: normalDistribution({ std: 0.1 }) }])`.
 */
export function initializerSuite(
  factory: Factory<Initializer>,
  cases: readonly InitializerCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('initializer', factory, cases, options, [
    { title: 'fills the shape and follows its seed', run: assertSeeding },
    { title: 'draws from the stated distribution', run: assertDraws, when: (c) => c.distribution !== undefined },
    {
      title: 'holds what else is stated',
      run: (c) => c.verify?.(sampleOf(c, 1), c.shape),
      when: (c) => c.verify !== undefined,
    },
    {
      title: 'draws the same when made again',
      run: (c) => assertSameInitializer(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
