// The conformance suite of parametrizations.

import type { Parametrization } from '@gradwerk/core'
import {
  assertParametrizationGradient,
  assertParametrizes,
  assertPropertyHolds,
  assertSameParametrization,
  assertStartsAtDraw,
  type ParametrizationCase,
} from '../checks/parametrization.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

/**
 * Shape and names, the first weight, gradients of both orders, and the property that defines it, after every step of a training:
 * `parametrizationSuite(weightNorm, [{ plugin: weightNorm(), holds: ({ weight, parts }) => … }])`.
 */
export function parametrizationSuite(
  factory: Factory<Parametrization>,
  cases: readonly ParametrizationCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('parametrization', factory, cases, options, [
    { title: 'makes a weight of the declared shape', run: assertParametrizes },
    { title: 'starts at the draw', run: assertStartsAtDraw, when: (c) => c.startsAtDraw !== false },
    { title: 'has the right gradients', run: assertParametrizationGradient },
    { title: 'keeps its property while training', run: assertPropertyHolds, when: (c) => c.holds !== undefined },
    {
      title: 'makes the same weight when made again',
      run: (c) => assertSameParametrization(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
