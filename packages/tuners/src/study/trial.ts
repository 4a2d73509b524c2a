// A trial while it runs: it asks for parameters, reports how it goes, and hears whether to stop.

import { DataError, type Distribution, type Pruner, type StudyView, show, type TrialRecord } from '@gradwerk/core'
import type { Json } from '../json.ts'
import { checkDistribution, contains, toInternal } from '../space/distribution.ts'
import type { FloatRange, IntRange } from '../space/space.ts'
import type { Change } from '../storage/operation.ts'
import { refusing, StudyError, TrialPruned } from './errors.ts'
import { seenSingle } from './keys.ts'
import { type Suggesting, suggestSingly } from './suggesting.ts'

/** One evaluation of the objective. Asking twice for a parameter gives the same value. */
export interface Trial<Parameters = Readonly<Record<string, unknown>>> {
  /** Index in the study, from 0. */
  readonly number: number
  /** What was suggested so far. */
  readonly parameters: Parameters
  /** A number from low to high, both included. */
  float(name: string, low: number, high: number, range?: FloatRange): number
  /** A whole number from low to high, both included. */
  int(name: string, low: number, high: number, range?: IntRange): number
  /** One of the choices: any JSON values. */
  categorical<const T>(name: string, choices: readonly T[]): T
  /** A value of any domain. */
  suggest(name: string, distribution: Distribution): unknown
  /** Records how the objective stands after so many epochs, samples or seeds. A step is reported once. */
  report(step: number, value: number): void
  /** Whether the study's pruner would stop this trial after its last report. */
  shouldPrune(): boolean
  /** Ends the trial as pruned. */
  prune(): never
  /** Keeps something about this trial in the study. */
  setAttribute(key: string, value: Json): void
}

/** What a trial needs of its study. */
export interface TrialHost {
  readonly suggesting: Suggesting
  readonly pruner: Pruner
  /** What is known at this moment, and at which position of the log. */
  view(): { readonly study: StudyView; readonly trial: TrialRecord; readonly position: number }
  /** Whether the trial has reported a step. */
  reported(step: number): boolean
  change(...changes: readonly Change[]): void
}

export interface Proposal {
  /** Values that were enqueued with the trial. */
  readonly fixed: Readonly<Record<string, unknown>>
  /** What the sampler proposed for the whole trial. */
  readonly proposed: Readonly<Record<string, unknown>>
}

export function trialOf(id: number, number: number, { fixed, proposed }: Proposal, host: TrialHost): Trial {
  const distributions: Record<string, Distribution> = {}
  const parameters: Record<string, unknown> = {}
  const change = host.change

  const choose = (name: string, distribution: Distribution): { value: unknown; seen?: number } => {
    if (Object.hasOwn(fixed, name)) {
      if (contains(distribution, fixed[name])) return { value: fixed[name] }
      throw new StudyError({
        who: `trial ${number}`,
        problem: `the enqueued value of '${name}' is outside its domain`,
        expected: show(distribution),
        got: show(fixed[name]),
      })
    }
    if (Object.hasOwn(proposed, name) && contains(distribution, proposed[name])) return { value: proposed[name] }
    const { study, trial, position } = host.view()
    return { value: suggestSingly(host.suggesting, study, trial, name, distribution), seen: position }
  }

  const decide = (name: string, given: Distribution): unknown => {
    const distribution = checkDistribution(name, given)
    if (Object.hasOwn(parameters, name)) {
      if (contains(distribution, parameters[name])) return parameters[name]
      throw new StudyError({
        who: `trial ${number}`,
        problem: `'${name}' is asked for again with a domain that does not hold its value ${show(parameters[name])}`,
        expected: show(distributions[name]),
        got: show(distribution),
      })
    }
    const { value, seen } = choose(name, distribution)
    const internal = toInternal(distribution, value) as number
    change(
      ...(seen === undefined
        ? []
        : [{ kind: 'trialAttribute', trial: id, of: 'system', key: seenSingle(name), value: seen } as const]),
      { kind: 'parameter', trial: id, name, parameter: { internal, distribution } },
    )
    distributions[name] = distribution
    parameters[name] = value
    return value
  }
  const suggest = (name: string, distribution: Distribution) => refusing(() => decide(name, distribution))

  return {
    number,
    parameters,
    float: (name, low, high, range) => suggest(name, { type: 'float', low, high, ...range }) as number,
    int: (name, low, high, range) => suggest(name, { type: 'int', low, high, ...range }) as number,
    categorical: <T>(name: string, choices: readonly T[]) => suggest(name, { type: 'categorical', choices }) as T,
    suggest,
    report(step, value) {
      if (!Number.isSafeInteger(step) || step < 0 || typeof value !== 'number')
        throw new DataError({
          who: `trial ${number}`,
          problem: 'a report that is none',
          expected: 'a whole step ≥ 0 and a number',
          got: `${show(step)}, ${show(value)}`,
        })
      if (!host.reported(step)) change({ kind: 'intermediate', trial: id, step, value })
    },
    shouldPrune() {
      const { study, trial } = host.view()
      if (study.directions.length > 1)
        throw new StudyError({
          who: `trial ${number}`,
          problem: 'a study with several directions has no pruning',
          expected: 'one direction',
          got: study.directions.join(', '),
        })
      return trial.intermediate.size > 0 && host.pruner.prune(study, trial)
    },
    prune() {
      throw new TrialPruned({ who: `trial ${number}`, problem: 'pruned' })
    },
    setAttribute: (key, value) => change({ kind: 'trialAttribute', trial: id, of: 'user', key, value }),
  }
}
