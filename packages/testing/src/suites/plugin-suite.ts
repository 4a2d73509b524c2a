// The suite of every plugin, whatever its kind; the suites of the kinds begin with it.

import type { Plugin } from '@gradwerk/core'
import { describe, it } from 'vitest'
import {
  assertPlugin,
  assertRefusesUnknownOption,
  type Factory,
  type PluginCase,
  roundTrip,
  type SuiteOptions,
  titleOf,
} from '../checks/plugin.ts'

/** A named check of one case. */
export interface Check<C> {
  readonly title: string
  readonly run: (testCase: C) => void | Promise<void>
  /** Cases it applies to. Default: all. */
  readonly when?: (testCase: C) => boolean
}

/** Declares tests: what holds for every plugin, then the checks of its kind, for each case. */
export function declareSuite<P extends Plugin, C extends PluginCase<P>>(
  kind: string | undefined,
  factory: Factory<P>,
  cases: readonly C[],
  { registries = [] }: SuiteOptions,
  checks: readonly Check<C>[],
): void {
  for (const testCase of cases)
    describe(titleOf(testCase), () => {
      const { plugin } = testCase
      it('is a plugin', () => assertPlugin(factory, plugin, kind, registries))
      it('is made again by its options', () => void roundTrip(factory, plugin, registries))
      it('refuses unknown options', () => assertRefusesUnknownOption(factory, plugin, registries))
      for (const { title, run, when } of checks) if (when?.(testCase) !== false) it(title, () => run(testCase))
    })
}

/** Kind, name, options, and their way through JSON. */
export function pluginSuite<P extends Plugin>(
  factory: Factory<P>,
  cases: readonly PluginCase<P>[],
  options: SuiteOptions = {},
): void {
  declareSuite(undefined, factory, cases, options, [])
}
