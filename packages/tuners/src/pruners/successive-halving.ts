// Asynchronous successive halving: Li et al. 2020, "A system for massively parallel hyperparameter tuning" (ASHA).

import { type Pruner, parseOptions, type StudyView, type TrialRecord } from '@gradwerk/core'
import { z } from 'zod'
import { lastReport, lossOf, type Reports } from './progress.ts'

const schema = z.strictObject({
  minResource: z.int().min(1).default(1).meta({ description: 'step of the lowest rung' }),
  reductionFactor: z.int().min(2).default(4).meta({ description: 'one of so many goes on at a rung' }),
  minEarlyStoppingRate: z.int().min(0).default(0).meta({ description: 'rungs left out at the lower end' }),
  bootstrapCount: z
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'trials of a rung that are stopped, to have values to compare with' }),
})

export interface SuccessiveHalvingOptions {
  /** Step of the lowest rung, r of the paper. Default 1. */
  readonly minResource?: number
  /** One of so many trials goes on at a rung, η of the paper. Default 4. */
  readonly reductionFactor?: number
  /** Rungs left out at the lower end, s of the paper. Default 0. */
  readonly minEarlyStoppingRate?: number
  /** So many first trials of a rung are stopped there, to have values that later ones are compared with. Default 0. */
  readonly bootstrapCount?: number
}

/** The step of a rung: r · η^(s + rung). */
function stepOf(rung: number, options: Required<SuccessiveHalvingOptions>): number {
  return options.minResource * options.reductionFactor ** (options.minEarlyStoppingRate + rung)
}

/** The first report at or after a step: by it a trial is judged at the rung. */
function reportAt(reports: Reports, step: number): readonly [step: number, value: number] | undefined {
  let first: readonly [number, number] | undefined
  for (const report of reports) if (report[0] >= step && (first === undefined || report[0] < first[0])) first = report
  return first
}

interface Entrant {
  readonly number: number
  readonly step: number
  readonly loss: number
}

/** The best ⌊n / η⌋ of a rung; the best one where there are fewer than η, since an asynchronous trial cannot wait for others. */
function promoted(rung: readonly Entrant[], reductionFactor: number): (entrant: Entrant) => boolean {
  const losses = rung.map(({ loss }) => loss).toSorted((a, b) => a - b)
  const worst = losses[Math.max(1, Math.floor(losses.length / reductionFactor)) - 1] ?? Infinity
  return ({ loss }) => loss <= worst
}

/** How far a trial has come. */
export interface Standing {
  /** How many rungs it has reached. */
  readonly completed: number
  readonly stopped: boolean
}

/**
 * Climbs the rungs up to the last one that a trial's reports reach. At a rung above the lowest stand the trials that went on after the
 * rung below, and those whose one report spans both and is among the best below.
 */
export function standingOf(
  study: StudyView,
  trial: TrialRecord,
  options: Required<SuccessiveHalvingOptions>,
): Standing {
  const last = lastReport(trial.intermediate)
  const loss = lossOf(study)
  const others = study.trials.filter(({ number }) => number !== trial.number)
  let below:
    | { readonly entrants: ReadonlyMap<number, Entrant>; readonly passes: (entrant: Entrant) => boolean }
    | undefined
  for (let rung = 0; ; rung++) {
    const step = stepOf(rung, options)
    if (last === undefined || last[0] < step) return { completed: rung, stopped: false }
    if (Number.isNaN(last[1])) return { completed: rung, stopped: true }
    const entrants = new Map<number, Entrant>()
    for (const { number, intermediate } of [...others, trial]) {
      const report = reportAt(intermediate, step)
      if (report === undefined || Number.isNaN(report[1])) continue
      const entrant = { number, step: report[0], loss: loss(report[1]) }
      const before = below?.entrants.get(number)
      const wentOn = before !== undefined && (before.step < entrant.step || below?.passes(entrant))
      if (below === undefined || wentOn) entrants.set(number, entrant)
    }
    const passes = promoted([...entrants.values()], options.reductionFactor)
    const own = entrants.get(trial.number)
    // What was decided at earlier reports is not decided again.
    const decided = own !== undefined && own.step < last[0]
    if (!decided && entrants.size <= options.bootstrapCount) return { completed: rung + 1, stopped: true }
    if (!decided && own !== undefined && !passes(own)) return { completed: rung + 1, stopped: true }
    below = { entrants, passes }
  }
}

/**
 * Stops a trial at rung k, step r · η^(s + k), unless its value there is among the best 1/η of those that other trials reported at that
 * rung so far. Nobody waits: the first trial of a rung goes on. A trial that reports NaN at a rung is stopped.
 *
 * Li et al. 2020, algorithm 2, with stopping in place of pausing as in section 3.3 of its first version and in Optuna. Throws an
 * OptionError for options outside their domains.
 *
 * @example `createStudy({ pruner: successiveHalving({ minResource: 1, reductionFactor: 3 }) })`
 */
export function successiveHalving(options: SuccessiveHalvingOptions = {}): Pruner {
  const parsed = parseOptions('successiveHalving', schema, options)
  return {
    kind: 'pruner',
    name: 'successiveHalving',
    options: parsed,
    prune: (study, trial) => standingOf(study, trial, parsed).stopped,
  }
}
