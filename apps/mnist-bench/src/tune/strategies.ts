// Who suggests parameters and who stops trials, by name.

import type { Pruner, Sampler, SearchSpace } from '@gradwerk/core'
import { gaussianProcess, grid, none, quasiRandom, random, successiveHalving, tpe } from '@gradwerk/tuners'
import { UsageError } from '../errors.ts'

export const samplerNames = ['grid', 'random', 'quasi-random', 'tpe', 'gaussian-process'] as const
export type SamplerName = (typeof samplerNames)[number]

export const prunerNames = ['none', 'asha'] as const
export type PrunerName = (typeof prunerNames)[number]

/** The values of every range in the smallest grid that has a point for every trial. */
export function gridPoints(space: SearchSpace, trials: number): number {
  const domains = Object.values(space)
  const choices = domains.reduce((n, one) => n * (one.type === 'categorical' ? one.choices.length : 1), 1)
  const ranges = domains.filter(({ type }) => type !== 'categorical').length
  let points = 1
  while (choices * points ** ranges < trials && ranges > 0) points++
  return points
}

const samplers: Readonly<Record<SamplerName, (space: SearchSpace, trials: number) => Sampler>> = {
  grid: (space, trials) => grid({ points: gridPoints(space, trials) }),
  random: () => random(),
  'quasi-random': () => quasiRandom(),
  tpe: () => tpe(),
  'gaussian-process': () => gaussianProcess(),
}

const pruners: Readonly<Record<PrunerName, () => Pruner>> = {
  none: () => none(),
  asha: () => successiveHalving({ minResource: 1, reductionFactor: 3 }),
}

/** For a search of so many trials in a space. */
export function samplerOf(name: SamplerName, space: SearchSpace, trials: number): Sampler {
  return samplers[name](space, trials)
}

export function prunerOf(name: PrunerName): Pruner {
  return pruners[name]()
}

/** Throws a UsageError for a name that is none of these. */
export function oneOf<Name extends string>(kind: string, names: readonly Name[], name: string): Name {
  const found = names.find((one) => one === name)
  if (found !== undefined) return found
  throw new UsageError({
    who: 'bench tune',
    problem: `there is no ${kind} '${name}'`,
    expected: `one of ${names.join(', ')}`,
  })
}
