// The conformance suite of gradient transforms.

import type { GradientTransform } from '@gradwerk/core'
import { assertSameTransform, assertTransform, type GradientTransformCase } from '../checks/gradient-transform.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

/** Names, shapes and finite numbers: `gradientTransformSuite(clipByGlobalNorm, [{ plugin: clipByGlobalNorm(1) }])`. */
export function gradientTransformSuite(
  factory: Factory<GradientTransform>,
  cases: readonly GradientTransformCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('gradientTransform', factory, cases, options, [
    { title: 'gives gradients of the same types', run: assertTransform },
    {
      title: 'computes the same when made again',
      run: (c) => assertSameTransform(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
