// The trials that an analysis looks at, as points of the unit cube.

import { type Distribution, OptionError, show } from '@gradwerk/core'
import { z } from 'zod'
import { type Axis, axesOf, pointOf } from '../samplers/tpe/coordinates.ts'
import { StudyError } from '../study/errors.ts'
import type { Study } from '../study/study.ts'
import type { StudyTrial } from '../study/view.ts'

/** What an analysis needs of a study: studies of both kinds have it. */
export type AnalyzedStudy = Pick<Study, 'name' | 'directions' | 'seed' | 'trials'>

/** What is looked at: the value for one of several directions by its index, or a number made of a trial, such as the logarithm of its value. */
export type Target = number | ((trial: StudyTrial) => number)

export const targetSchema: z.ZodDefault<z.ZodType<Target>> = z
  .custom<Target>(
    (x) => typeof x === 'function' || Number.isInteger(x),
    'the index of a direction, or a function of trials',
  )
  .default(0)
  .meta({ description: 'the value for one of several directions, or any number made of a trial' })

/** A complete trial whose target is finite. */
export interface Observation {
  readonly trial: StudyTrial
  readonly value: number
}

export function observationsOf(study: AnalyzedStudy, target: Target = 0): Observation[] {
  const { directions, name } = study
  if (typeof target === 'number' && directions[target] === undefined)
    throw new OptionError({
      who: `study ${name}`,
      problem: 'there is no such value',
      expected: `the index of a direction (${directions.join(', ')}), or a function of trials`,
      got: show(target),
    })
  const valueOf = (trial: StudyTrial) =>
    (typeof target === 'function' ? target(trial) : trial.values?.[target]) ?? Number.NaN
  return study
    .trials()
    .filter(({ state }) => state === 'complete')
    .map((trial) => ({ trial, value: valueOf(trial) }))
    .filter(({ value }) => Number.isFinite(value))
}

/** A domain that holds two. */
function widest(known: Distribution, next: Distribution): Distribution {
  if (known.type === 'categorical' || next.type === 'categorical') return next
  return { ...next, low: Math.min(known.low, next.low), high: Math.max(known.high, next.high) }
}

/** The given parameters; without any, all that some trial has. Throws a StudyError for one that none has. */
export function parametersOf(
  { name: study }: AnalyzedStudy,
  observations: readonly Observation[],
  parameters?: readonly string[],
): readonly string[] {
  const known = [...new Set(observations.flatMap(({ trial }) => Object.keys(trial.parameters)))]
  const unknown = parameters?.find((name) => !known.includes(name))
  if (unknown === undefined) return parameters ?? known
  throw new StudyError({
    who: `study ${study}`,
    problem: `no complete trial has a parameter '${unknown}'`,
    expected: known.join(', ') || '(there are none)',
  })
}

/** The domain of a parameter; where it changed within the study, one that holds all it was. */
export function domainOf(observations: readonly Observation[], name: string): Distribution {
  const [first, ...others] = observations.flatMap(({ trial }) => trial.distributions[name] ?? [])
  return others.reduce(widest, first as Distribution)
}

export function has({ trial }: Observation, name: string): boolean {
  return Object.hasOwn(trial.parameters, name)
}

export interface Observed {
  readonly axes: readonly Axis[]
  /** Those that have all of the parameters. */
  readonly observations: readonly (Observation & { readonly point: readonly number[] })[]
}

/**
 * Trials as points along given parameters; without any, along those that all of the trials have. Throws a StudyError if there are fewer than two,
 * and for a parameter that none has.
 */
export function observe(study: AnalyzedStudy, target?: Target, parameters?: readonly string[]): Observed {
  const all = observationsOf(study, target)
  const known = parametersOf(study, all, parameters)
  const wanted = parameters ?? known.filter((name) => all.every((one) => has(one, name)))
  const some = all.filter((one) => wanted.every((name) => has(one, name)))
  if (wanted.length === 0 || some.length < 2)
    throw new StudyError({
      who: `study ${study.name}`,
      problem: 'there is too little to learn from',
      expected: `two complete trials with finite values and ${parameters?.join(', ') ?? 'parameters in common'}`,
      got: `${some.length} of ${study.trials().length} trials, with ${wanted.length} parameters in common`,
      ...(wanted.length === 0 && known.length > 0
        ? { hint: `the option parameters: some of ${known.join(', ')}` }
        : {}),
    })
  const axes = axesOf(Object.fromEntries(wanted.map((name) => [name, domainOf(some, name)])))
  return { axes, observations: some.map((one) => ({ ...one, point: pointOf(axes, one.trial.parameters) })) }
}
