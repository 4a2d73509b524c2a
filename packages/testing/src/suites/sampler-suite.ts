// The conformance suite of samplers.

import type { Sampler } from '@gradwerk/core'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import {
  assertLogScale,
  assertPureSampler,
  assertSearches,
  assertSeededSearch,
  assertStrangeTrials,
  assertSuggestions,
  type SamplerCase,
} from '../checks/sampler.ts'
import { objectives } from '../searches/objectives.ts'
import { declareSuite } from './plugin-suite.ts'

/**
 * Domains, scales, conditions, seeds, purity, trials that failed or run, and searches no worse than random ones:
 * `samplerSuite(random, [{ plugin: random(), learns: false }])`.
 */
export function samplerSuite(
  factory: Factory<Sampler>,
  cases: readonly SamplerCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('sampler', factory, cases, options, [
    { title: 'suggests values of the domain', run: assertSuggestions },
    { title: 'takes logarithmic ranges as such', run: assertLogScale },
    { title: 'is a pure function', run: (c) => assertPureSampler(c) },
    { title: 'follows from the seed', run: assertSeededSearch },
    { title: 'lives with trials of every state', run: assertStrangeTrials },
    ...objectives.map((objective) => ({
      title: `does not search worse than at random: ${objective.name}`,
      run: (c: SamplerCase) => assertSearches(c, objective),
    })),
    {
      title: 'suggests the same when made again',
      run: (c) => assertPureSampler(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
