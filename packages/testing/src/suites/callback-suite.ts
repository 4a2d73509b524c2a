// The conformance suite of callbacks.

import type { Callback } from '@gradwerk/core'
import { assertDirectives, assertResumes, type CallbackCase, freshCallback } from '../checks/callback.ts'
import type { Factory, SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

/**
 * Plays runs to callbacks made from the case's options: directives, and resuming from a checkpoint after every epoch.
 * `callbackSuite(earlyStopping, [{ plugin: earlyStopping({ patience: 2 }), stopsAfter: 5 }])`. On resuming, `load` comes before
 * `onRunStart`.
 */
export function callbackSuite(
  factory: Factory<Callback>,
  cases: readonly CallbackCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('callback', factory, cases, options, [
    { title: 'answers with directives', run: (c) => assertDirectives(c, freshCallback(factory, c.plugin, options)) },
    {
      title: 'goes on as if never stopped',
      run: (c) => assertResumes(c, () => freshCallback(factory, c.plugin, options)),
    },
  ])
}
