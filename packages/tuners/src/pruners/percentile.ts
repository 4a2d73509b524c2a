// Pruning by comparison with the finished trials at the same step: Golovin et al. 2017, "Google Vizier", section 3.2.1.

import { type Pruner, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { isDue, lastReport, leastOf, lossOf } from './progress.ts'

const shared = {
  startupTrials: z.int().min(0).default(5).meta({ description: 'finished trials before which nothing is pruned' }),
  warmupSteps: z.int().min(0).default(0).meta({ description: 'steps of a trial before which it is not pruned' }),
  intervalSteps: z
    .int()
    .min(1)
    .default(1)
    .meta({ description: 'distance between steps at which a trial is looked at' }),
  minTrials: z.int().min(1).default(1).meta({ description: 'finished trials that must have reported at the step' }),
}
const medianSchema = z.strictObject(shared)
const schema = z.strictObject({
  percentile: z
    .number()
    .min(0)
    .max(100)
    .default(25)
    .meta({ description: 'part of the trials that goes on, in percent' }),
  ...shared,
})

export interface MedianOptions {
  /** Complete trials before which nothing is pruned. Default 5. */
  readonly startupTrials?: number
  /** Steps of a trial before which it is not pruned. Default 0. */
  readonly warmupSteps?: number
  /** Distance between the steps at which a trial is looked at. Default 1. */
  readonly intervalSteps?: number
  /** How many complete trials must have reported at the step. Default 1. */
  readonly minTrials?: number
}

export interface PercentileOptions extends MedianOptions {
  /** How many of a hundred trials would go on. Default 25. */
  readonly percentile?: number
}

/** Linear interpolation between order statistics, the lowest at 0 %, the highest at 100 %; numbers only. */
function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)
  const place = (percentile / 100) * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (below === undefined || above === undefined) return Number.NaN
  return below === above ? below : below + (place - Math.floor(place)) * (above - below)
}

function pruning({ percentile, startupTrials, minTrials, ...schedule }: Required<PercentileOptions>): Pruner['prune'] {
  return (study, trial) => {
    const complete = study.trials.filter(({ state }) => state === 'complete')
    const last = lastReport(trial.intermediate)
    if (complete.length === 0 || complete.length < startupTrials || last === undefined) return false
    const [step] = last
    if (!isDue(trial.intermediate, step, schedule)) return false
    const loss = lossOf(study)
    const best = leastOf([...trial.intermediate.values()].map(loss))
    if (Number.isNaN(best)) return true
    const others = complete.flatMap(({ intermediate }) => intermediate.get(step) ?? [])
    return others.length >= minTrials && best > percentileOf(others.map(loss), percentile)
  }
}

/**
 * Stops a trial whose best value so far is worse than the given percentile of the values that complete trials reported at the same
 * step. A trial that has reported nothing but NaN is stopped.
 *
 * Throws an OptionError for options outside their domains.
 *
 * @example `createStudy({ pruner: percentile({ percentile: 25, startupTrials: 10 }) })`
 */
export function percentile(options: PercentileOptions = {}): Pruner {
  const parsed = parseOptions('percentile', schema, options)
  return { kind: 'pruner', name: 'percentile', options: parsed, prune: pruning(parsed) }
}

/**
 * Stops a trial whose best value so far is worse than the median of the values that complete trials reported at the same step.
 *
 * Golovin et al. 2017, "Google Vizier: a service for black-box optimization", median stopping rule with the value at the step in
 * place of the running average, as in Optuna. Throws an OptionError for options outside their domains.
 *
 * @example `createStudy({ pruner: median({ warmupSteps: 2 }) })`
 */
export function median(options: MedianOptions = {}): Pruner {
  const parsed = parseOptions('median', medianSchema, options)
  return { kind: 'pruner', name: 'median', options: parsed, prune: pruning({ ...parsed, percentile: 50 }) }
}
