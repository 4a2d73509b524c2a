// The conformance suite of optimizers.

import type { Optimizer } from '@gradwerk/core'
import { assertConverges, assertSameOptimizer, assertStepSize, type OptimizerCase } from '../checks/optimizer.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { problems } from '../problems/problem.ts'
import { declareSuite } from './plugin-suite.ts'

/**
 * Four standard problems with finite slots of constant shape, the stated step size, options through JSON:
 * `optimizerSuite(adam, [{ plugin: adam({ learningRate: 0.1 }) }])`. Choose a learning rate that suits problems of curvature 1.
 */
export function optimizerSuite(
  factory: Factory<Optimizer>,
  cases: readonly OptimizerCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('optimizer', factory, cases, options, [
    ...problems.map((problem) => ({
      title: `converges: ${problem.name}`,
      run: (c: OptimizerCase) => assertConverges(c, problem),
      when: (c: OptimizerCase) => c.goals?.[problem.name] !== false,
    })),
    { title: 'moves by the step size it states', run: (c) => assertStepSize(c.plugin) },
    {
      title: 'does the same when made again',
      run: (c) => assertSameOptimizer(c.plugin, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
