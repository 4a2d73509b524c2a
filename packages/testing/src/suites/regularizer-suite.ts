// The conformance suite of regularizers.

import type { Regularizer } from '@gradwerk/core'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import {
  assertActs,
  assertLossTerm,
  assertPenalty,
  assertProximal,
  assertSameRegularizer,
  type RegularizerCase,
} from '../checks/regularizer.ts'
import { declareSuite } from './plugin-suite.ts'

/**
 * The penalty is ≥ 0 with the right gradient, the proximal map is the minimum it claims to be:
 * `regularizerSuite(l1, [{ plugin: l1(0.1) }])`.
 */
export function regularizerSuite(
  factory: Factory<Regularizer>,
  cases: readonly RegularizerCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('regularizer', factory, cases, options, [
    { title: 'acts', run: assertActs },
    {
      title: 'has a penalty ≥ 0 with the right gradient',
      run: assertPenalty,
      when: (c) => c.plugin.penalty !== undefined,
    },
    { title: 'has an optimal proximal map', run: assertProximal, when: (c) => c.plugin.proximal !== undefined },
    {
      title: 'has a scalar loss term with the right gradient',
      run: assertLossTerm,
      when: (c) => c.plugin.lossTerm !== undefined,
    },
    {
      title: 'computes the same when made again',
      run: (c) => assertSameRegularizer(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
