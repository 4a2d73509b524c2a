// How a parameter gets its value: from what was enqueued, from what the sampler proposed for the whole trial, or by itself.

import {
  type Distribution,
  fold,
  keyOf,
  PluginError,
  randomStream,
  type Sampler,
  type SearchSpace,
  type StudyView,
  show,
  type TrialRecord,
} from '@gradwerk/core'
import { contains } from '../space/distribution.ts'

export interface Suggesting {
  readonly sampler: Sampler
  readonly seed: number
}

/** Random numbers of one suggestion, and those that all suggestions of the study have in common. */
function streamsOf(seed: number, trial: number, what: string) {
  const key = keyOf(seed)
  return { random: randomStream(fold(fold(key, trial), what)), studyRandom: randomStream(fold(key, 'study')) }
}

/** What a sampler proposes for a whole trial. */
export function suggestJointly(
  { sampler, seed }: Suggesting,
  study: StudyView,
  trial: TrialRecord,
  space: SearchSpace,
): Readonly<Record<string, unknown>> {
  if (Object.keys(space).length === 0) return {}
  return sampler.suggest({ study, trial, space, ...streamsOf(seed, trial.number, 'joint') })
}

/** What a sampler proposes for one parameter. Throws a PluginError for a value outside its domain. */
export function suggestSingly(
  { sampler, seed }: Suggesting,
  study: StudyView,
  trial: TrialRecord,
  name: string,
  distribution: Distribution,
): unknown {
  const streams = streamsOf(seed, trial.number, `parameter:${name}`)
  const value = sampler.suggest({ study, trial, space: { [name]: distribution }, ...streams })[name]
  if (contains(distribution, value)) return value
  throw new PluginError({
    who: `sampler ${sampler.name}`,
    problem: `it suggested a value outside the domain of '${name}'`,
    expected: show(distribution),
    got: show(value),
  })
}
