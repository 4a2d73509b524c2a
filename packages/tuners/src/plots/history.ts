// Data for plots of how a study went: values by trial, and reports by step.

import { parseOptions, type TrialRecord } from '@gradwerk/core'
import { z } from 'zod'
import { type AnalyzedStudy, observationsOf, type Target, targetSchema } from '../analysis/observed.ts'

const schema = z.strictObject({ target: targetSchema })

export interface HistoryPoint {
  readonly trial: number
  readonly value: number
  /** The best value up to here; undefined where the target is a function, which says nothing of what is better. */
  readonly best: number | undefined
}

/**
 * The optimization history: complete trials by number, with their values and the best one so far.
 *
 * Option: `target` (default 0): the value for one of several directions, or any number made of a trial. Throws an OptionError for a direction that
 * does not exist.
 */
export function optimizationHistory(
  study: AnalyzedStudy,
  options: { readonly target?: Target } = {},
): readonly HistoryPoint[] {
  const { target } = parseOptions('optimizationHistory', schema, options)
  const better = typeof target === 'number' && study.directions[target] === 'maximize' ? Math.max : Math.min
  let best: number | undefined
  return observationsOf(study, target).map(({ trial, value }) => {
    if (typeof target === 'number') best = better(best ?? value, value)
    return { trial: trial.number, value, best }
  })
}

export interface Reports {
  readonly trial: number
  readonly state: TrialRecord['state']
  /** In ascending order of the step. */
  readonly points: readonly { readonly step: number; readonly value: number }[]
}

/** The intermediate values of all trials that reported any, running ones as well. Values may be NaN. */
export function intermediateValues(study: Pick<AnalyzedStudy, 'trials'>): readonly Reports[] {
  return study.trials().flatMap(({ number, state, intermediate }) => {
    const points = [...intermediate].map(([step, value]) => ({ step, value })).toSorted((a, b) => a.step - b.step)
    return points.length === 0 ? [] : [{ trial: number, state, points }]
  })
}
