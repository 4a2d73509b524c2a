// What holds for samplers.

import {
  type Distribution,
  type Sampler,
  type SearchSpace,
  type SuggestCall,
  show,
  type TrialRecord,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { everyKind, objectives, uniformSampler } from '../searches/objectives.ts'
import { type Objective, searchWith, startedTrial, suggestCall } from '../searches/search.ts'
import { rankSum } from '../statistics/rank-sum.ts'
import type { PluginCase } from './plugin.ts'

export interface SamplerCase extends PluginCase<Sampler> {
  /** Whether it learns from what it saw, and so has to beat random search on a bowl. Default true. */
  readonly learns?: boolean
  /** Searches of each function. Default 12. */
  readonly seeds?: number
  /** Trials of each search. Default 30. */
  readonly evaluations?: number
}

const least = 1e-9

function isIn(distribution: Distribution, value: unknown): boolean {
  if (distribution.type === 'categorical') return distribution.choices.some((choice) => show(choice) === show(value))
  const { type, low, high, step = type === 'int' ? 1 : undefined } = distribution
  if (typeof value !== 'number' || !(value >= low && value <= high)) return false
  if (type === 'int' && !Number.isInteger(value)) return false
  return step === undefined || Math.abs((value - low) / step - Math.round((value - low) / step)) < least
}

/** Throws a CheckError for suggestions outside of their domains. */
function assertInside({ name }: Sampler, space: SearchSpace, suggested: Readonly<Record<string, unknown>>): void {
  for (const [parameter, value] of Object.entries(suggested)) {
    const distribution = space[parameter]
    check(distribution !== undefined, name, `it suggests '${parameter}', which nobody asked for`)
    if (distribution === undefined) continue
    check(isIn(distribution, value), name, `the suggestion for '${parameter}' is not in its domain`, {
      expected: show(distribution),
      got: show(value),
    })
  }
}

/** Bounds, steps, choices; one parameter that is asked for is given. */
export function assertSuggestions({ plugin, evaluations = 30 }: SamplerCase): void {
  for (const objective of objectives)
    for (const call of searchWith(plugin, objective, 1, evaluations).calls) {
      const suggested = plugin.suggest(call)
      assertInside(plugin, call.space, suggested)
      const names = Object.keys(call.space)
      const given = names.length > 1 || names.every((name) => Object.hasOwn(suggested, name))
      check(given, plugin.name, `it was asked for ${names} alone and did not suggest it`)
    }
}

/** Of the first suggestions on a logarithmic range, some lie below the middle of the exponents and some above. */
export function assertLogScale({ plugin }: SamplerCase): void {
  const space: SearchSpace = { rate: { type: 'float', low: 1e-6, high: 1, log: true } }
  const count = 60
  const exponents = Array.from({ length: count }, (_, seed) =>
    Math.log10(Number(plugin.suggest(suggestCall(seed, startedTrial(0), [], space))['rate'])),
  )
  for (const [side, inside] of [
    ['below', (x: number) => x < -3.1],
    ['above', (x: number) => x > -2.9],
  ] as const) {
    const share = exponents.filter(inside).length / count
    check(share > 0.15, plugin.name, `hardly anything ${side} 1e-3 on a logarithmic range from 1e-6 to 1`, {
      expected: 'more than 15 %',
      got: `${100 * share} %`,
    })
  }
}

/** The call with a stream of its own, so that it can be made again. */
function again({ study, trial, space }: SuggestCall, what: string): SuggestCall {
  return { ...suggestCall(1, trial, study.trials, space, what), study }
}

/** The same call gives the same, also when other calls came between, and changes nothing it was given. */
export function assertPureSampler({ plugin, evaluations = 30 }: SamplerCase, other: Sampler = plugin): void {
  const { calls } = searchWith(plugin, objectives[2] as Objective, 1, evaluations)
  const given = JSON.stringify(calls.map(({ study, space }) => ({ study, space })))
  const first = calls.map((call, i) => show(plugin.suggest(again(call, String(i)))))
  const second = calls.map((call, i) => [show(other.suggest(again(call, String(i)))), i] as const).toReversed()
  for (const [suggested, i] of second)
    check(suggested === first[i], plugin.name, 'the same call gives another suggestion', {
      expected: String(first[i]),
      got: suggested,
    })
  check(
    JSON.stringify(calls.map(({ study, space }) => ({ study, space }))) === given,
    plugin.name,
    'it changes its call',
  )
}

/** A search follows from its seed, and another seed gives another one. */
export function assertSeededSearch({ plugin, evaluations = 30 }: SamplerCase): void {
  const [first, repeated, other] = [1, 1, 2].map((seed) =>
    JSON.stringify(searchWith(plugin, objectives[1] as Objective, seed, evaluations).trials),
  )
  check(repeated === first, plugin.name, 'the same seed gives another search')
  check(other !== first, plugin.name, 'another seed gives the same search')
}

/** Trials that failed, wait, run, were pruned with a value or without, or whose values are infinite; two directions. */
export function assertStrangeTrials({ plugin, evaluations = 30 }: SamplerCase): void {
  const { trials } = searchWith(uniformSampler, objectives[1] as Objective, 3, evaluations)
  const inf = Number.POSITIVE_INFINITY
  const changes: readonly ((trial: TrialRecord) => TrialRecord)[] = [
    (trial) => trial,
    (trial) => ({ ...trial, state: 'failed', values: undefined }),
    (trial) => ({ ...trial, state: 'pruned', intermediate: new Map([[1, 5]]), values: [5] }),
    (trial) => ({ ...trial, state: 'pruned', values: undefined }),
    (trial) => ({ ...trial, state: 'running', values: undefined }),
    (trial) => ({ ...trial, state: 'waiting', values: undefined, parameters: {}, distributions: {} }),
    (trial) => ({ ...trial, values: [inf] }),
    (trial) => ({ ...trial, values: [-inf] }),
    (trial) => ({ ...trial, parameters: { ...trial.parameters, float: 1e6, choice: 'gone' } }),
  ]
  const trial = startedTrial(trials.length)
  const mixtures = [
    trials.map((one, i) => (changes[i % changes.length] as (typeof changes)[number])(one)),
    ...changes.map((change) => trials.map(change)),
  ]
  for (const mixture of mixtures) {
    const call = suggestCall(1, trial, mixture, everyKind)
    assertInside(plugin, everyKind, plugin.suggest(call))
    const study = {
      directions: ['minimize', 'maximize'] as const,
      trials: mixture.map((one) => ({ ...one, values: one.values && [...one.values, one.number % 7] })),
    }
    assertInside(plugin, everyKind, plugin.suggest({ ...again(call, 'two'), study }))
  }
}

/** Not worse than random search on any of the functions, and better on a bowl if it learns (rank sums, 3 and 2 standard deviations). */
export function assertSearches(
  { plugin, learns = true, seeds = 12, evaluations = 30 }: SamplerCase,
  objective: Objective,
): void {
  const ends = (sampler: Sampler, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => searchWith(sampler, objective, from + i, evaluations).best.at(-1) as number)
  const z = rankSum(ends(plugin, 0, seeds), ends(uniformSampler, 1000, 40))
  const wanted = learns && objective.name === 'bowl' ? -2 : 3
  check(z < wanted, plugin.name, `its searches of '${objective.name}' end too high, compared with random ones`, {
    expected: `less than ${wanted} standard deviations of the rank sum`,
    got: z.toFixed(2),
  })
}
