// The conformance suite of losses.

import type { Loss } from '@gradwerk/core'
import {
  assertLossDynamicBatch,
  assertLossGradient,
  assertLossValues,
  assertSameLoss,
  type LossCase,
} from '../checks/loss.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

/**
 * One number for each sample, for any batch, with the right gradient:
 * `lossSuite(softmaxCrossEntropy, [{ plugin: softmaxCrossEntropy(), predictions: [4], targets: { classes: 4 } }])`.
 */
export function lossSuite(factory: Factory<Loss>, cases: readonly LossCase[], options: SuiteOptions = {}): void {
  declareSuite('loss', factory, cases, options, [
    { title: 'gives one number for each sample', run: assertLossValues },
    { title: 'takes a dynamic batch', run: assertLossDynamicBatch },
    { title: 'has the right gradient', run: assertLossGradient, when: (c) => c.gradient !== false },
    {
      title: 'computes the same when made again',
      run: (c) => assertSameLoss(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
