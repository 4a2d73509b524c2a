// A search as a study with one worker does it: the suite's own, so that samplers are tested without any study.

import {
  type Distribution,
  fold,
  keyOf,
  randomStream,
  type Sampler,
  type SearchSpace,
  type SuggestCall,
  type TrialRecord,
} from '@gradwerk/core'

/** How an objective gets a parameter. */
export type Ask = (name: string, distribution: Distribution) => unknown

/** Something to minimize. */
export interface Objective {
  readonly name: string
  evaluate(ask: Ask): number
}

export interface Search {
  readonly trials: readonly TrialRecord[]
  /** The best value after each trial. */
  readonly best: readonly number[]
  /** Every call the sampler got. */
  readonly calls: readonly SuggestCall[]
  /** Milliseconds that each trial's suggestions took. */
  readonly milliseconds: readonly number[]
}

/** The call for one suggestion of a study with a seed. */
export function suggestCall(
  seed: number,
  trial: TrialRecord,
  trials: readonly TrialRecord[],
  space: SearchSpace,
  what = 'joint',
): SuggestCall {
  return {
    study: { directions: ['minimize'], trials },
    trial,
    space,
    random: randomStream(fold(fold(keyOf(seed), trial.number), what)),
    studyRandom: randomStream(fold(keyOf(seed), 'study')),
  }
}

/** A trial that has just started. */
export function startedTrial(number: number): TrialRecord {
  return { number, state: 'running', parameters: {}, distributions: {}, values: undefined, intermediate: new Map() }
}

/**
 * Runs a search: before each trial the sampler is asked for all parameters known so far, and then for each one that is asked for and that it did not
 * propose.
 */
export function searchWith(sampler: Sampler, objective: Objective, seed: number, evaluations: number): Search {
  const trials: TrialRecord[] = []
  const best: number[] = []
  const calls: SuggestCall[] = []
  const milliseconds: number[] = []
  let joint: SearchSpace = {}
  for (let number = 0; number < evaluations; number++) {
    let trial = startedTrial(number)
    let elapsed = 0
    const suggest = (space: SearchSpace, what?: string): Readonly<Record<string, unknown>> => {
      const call = suggestCall(seed, trial, [...trials, trial], space, what)
      calls.push(call)
      const start = performance.now()
      const suggested = sampler.suggest(call)
      elapsed += performance.now() - start
      return suggested
    }
    const proposed = Object.keys(joint).length === 0 ? {} : suggest(joint)
    const value = objective.evaluate((name, distribution) => {
      const source = Object.hasOwn(proposed, name) ? proposed : suggest({ [name]: distribution }, `parameter:${name}`)
      const { parameters, distributions } = trial
      trial = {
        ...trial,
        parameters: { ...parameters, [name]: source[name] },
        distributions: { ...distributions, [name]: distribution },
      }
      return source[name]
    })
    joint = { ...joint, ...trial.distributions }
    trials.push({ ...trial, state: 'complete', values: [value] })
    best.push(Math.min(value, best.at(-1) ?? Number.POSITIVE_INFINITY))
    milliseconds.push(elapsed)
  }
  return { trials, best, calls, milliseconds }
}
