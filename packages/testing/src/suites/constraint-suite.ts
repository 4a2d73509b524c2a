// The conformance suite of constraints.

import type { Constraint } from '@gradwerk/core'
import { assertProjection, assertSameConstraint, type ConstraintCase } from '../checks/constraint.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

/** Projections lie in the set and are idempotent: `constraintSuite(maxNorm, [{ plugin: maxNorm(3), holds: (w) => … }])`. */
export function constraintSuite(
  factory: Factory<Constraint>,
  cases: readonly ConstraintCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('constraint', factory, cases, options, [
    { title: 'projects onto its set', run: assertProjection },
    {
      title: 'projects the same when made again',
      run: (c) => assertSameConstraint(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
