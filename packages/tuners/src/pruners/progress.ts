// What pruners ask of a trial's reports.

import type { StudyView, TrialRecord } from '@gradwerk/core'

export type Reports = TrialRecord['intermediate']

/** The largest step that was reported, and its value; undefined before the first report. */
export function lastReport(reports: Reports): readonly [step: number, value: number] | undefined {
  let last: readonly [number, number] | undefined
  for (const report of reports) if (last === undefined || report[0] > last[0]) last = report
  return last
}

/** Values as numbers to minimize: those of a study that maximizes are negated. */
export function lossOf({ directions }: StudyView): (value: number) => number {
  return directions[0] === 'maximize' ? (value) => -value : (value) => value
}

/** The least number that is none of NaN; NaN if there is no other. */
export function leastOf(values: readonly number[]): number {
  return values.reduce((least, value) => (Number.isNaN(least) || value < least ? value : least), Number.NaN)
}

export interface Schedule {
  /** Steps before which nothing is pruned. */
  readonly warmupSteps: number
  /** Distance between steps at which the trial is looked at, from the warm-up on. */
  readonly intervalSteps: number
}

/**
 * Whether a trial is to be looked at after its last report: it is past the warm-up, and no report before it lies in the same
 * interval. A trial that reports less often than every interval is looked at with every report.
 */
export function isDue(reports: Reports, step: number, { warmupSteps, intervalSteps }: Schedule): boolean {
  if (step < warmupSteps) return false
  const begin = Math.floor((step - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps
  return [...reports.keys()].every((earlier) => earlier === step || earlier < begin)
}
