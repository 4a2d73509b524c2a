// Hyperband: Li et al. 2018, "Hyperband: a novel bandit-based approach to hyperparameter optimization".

import { fold, keyOf, type Pruner, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { lastReport } from './progress.ts'
import { standingOf } from './successive-halving.ts'

const schema = z
  .strictObject({
    minResource: z.int().min(1).default(1).meta({ description: 'step of the lowest rung' }),
    maxResource: z.int().min(1).meta({ description: 'step at which a trial is done' }),
    reductionFactor: z.int().min(2).default(3).meta({ description: 'one of so many goes on at a rung' }),
    bootstrapCount: z.int().min(0).default(0).meta({ description: 'trials of a rung that are stopped at first' }),
  })
  .refine(({ minResource, maxResource }) => minResource <= maxResource, { error: 'minResource ≤ maxResource' })

export interface HyperbandOptions {
  /** Step of the lowest rung. Default 1. */
  readonly minResource?: number
  /** Step at which a trial is done, R of the paper: epochs, for instance. */
  readonly maxResource: number
  /** One of so many trials goes on at a rung, η of the paper. Default 3. */
  readonly reductionFactor?: number
  /** So many first trials of a rung are stopped there. Default 0. */
  readonly bootstrapCount?: number
}

/** How many of the trials each bracket gets, in proportion: ⌈B · η^s / (s + 1)⌉ for s = B − 1 … 0, as in algorithm 1 of the paper. */
export function bracketSizes({
  minResource = 1,
  maxResource,
  reductionFactor = 3,
}: HyperbandOptions): readonly number[] {
  let brackets = 1
  while (minResource * reductionFactor ** brackets <= maxResource) brackets++
  return Array.from({ length: brackets }, (_, bracket) => {
    const s = brackets - 1 - bracket
    return Math.ceil((brackets * reductionFactor ** s) / (s + 1))
  })
}

/** The bracket of a trial follows from its number alone, in a scattered order, so that it can be recomputed. */
export function bracketOf(number: number, sizes: readonly number[]): number {
  const total = sizes.reduce((a, b) => a + b, 0)
  let place = fold(fold(keyOf(0), 'hyperband'), number)[0] % total
  return sizes.findIndex((size) => {
    place -= size
    return place < 0
  })
}

/**
 * Successive halving in several brackets that begin to stop trials at different rungs, so that slow starters have their chance: bracket b
 * has the lowest rung minResource · η^b, and each trial competes within its bracket. A trial that has reached maxResource is not stopped.
 *
 * Li et al. 2018, with asynchronous brackets as in Optuna. Throws an OptionError for options outside their domains.
 *
 * @example `createStudy({ pruner: hyperband({ maxResource: 27 }) })`
 */
export function hyperband(options: HyperbandOptions): Pruner {
  const parsed = parseOptions('hyperband', schema, options)
  const { maxResource, ...halving } = parsed
  const sizes = bracketSizes(parsed)
  return {
    kind: 'pruner',
    name: 'hyperband',
    options: parsed,
    prune(study, trial) {
      if ((lastReport(trial.intermediate)?.[0] ?? 0) >= maxResource) return false
      const bracket = bracketOf(trial.number, sizes)
      const trials = study.trials.filter(({ number }) => bracketOf(number, sizes) === bracket)
      return standingOf({ ...study, trials }, trial, { ...halving, minEarlyStoppingRate: bracket }).stopped
    },
  }
}
