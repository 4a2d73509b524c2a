// A row of the outcome: one work, optimizer and number of threads, beside one peer.

import type { Machine } from './machine.ts'
import type { OwnTimes, PairedTimes } from './measure.ts'
import type { Spread } from './statistics.ts'

/** Milliseconds are medians. Without a peer its fields are null. */
export interface Row {
  readonly work: string
  /** Images in a step. */
  readonly batch: number
  readonly optimizer: string
  readonly threads: number
  /** Steps of a call of gradwerk's backend. */
  readonly stepsPerCall: number
  /** Steps of a block before the clock starts. */
  readonly warmUpSteps: number
  /** Steps of a block under the clock. */
  readonly timedSteps: number
  readonly peer: string | null
  readonly peerBuild: string | null
  readonly oursMs: number
  /** With batches that are ready when the step begins, while ours gathers them within: the stricter comparison. */
  readonly peerMs: number | null
  /** The peer's time over ours: the median of the rounds' ratios. */
  readonly speedRatio: number | null
  readonly oursSpread: Spread
  readonly peerSpread: Spread | null
  readonly ratioSpread: Spread | null
  /** The peer's time with batches gathered within the step, as in ours. */
  readonly peerGatheredMs: number | null
  readonly oursLoss: number
  readonly peerLoss: number | null
  readonly rounds: number
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
  readonly date: string
}

/** What all rows of a run have in common. */
export type Circumstances = Pick<Row, 'rounds' | 'machine' | 'versions' | 'date'>

/** What is measured. */
export type Setting = Pick<
  Row,
  'work' | 'batch' | 'optimizer' | 'threads' | 'stepsPerCall' | 'warmUpSteps' | 'timedSteps'
>

/** Four digits are more than a shared machine gives. */
function rounded(number: number): number {
  return Number(number.toPrecision(4))
}

function roundedSpread({ min, lowerQuartile, median, upperQuartile, max }: Spread): Spread {
  return {
    min: rounded(min),
    lowerQuartile: rounded(lowerQuartile),
    median: rounded(median),
    upperQuartile: rounded(upperQuartile),
    max: rounded(max),
  }
}

export function aloneRow(setting: Setting, { ours, oursLoss }: OwnTimes, circumstances: Circumstances): Row {
  return {
    ...setting,
    peer: null,
    peerBuild: null,
    oursMs: rounded(ours.median),
    peerMs: null,
    speedRatio: null,
    oursSpread: roundedSpread(ours),
    peerSpread: null,
    ratioSpread: null,
    peerGatheredMs: null,
    oursLoss,
    peerLoss: null,
    ...circumstances,
  }
}

export function pairedRow(
  setting: Setting,
  beside: { readonly peer: string; readonly peerBuild: string },
  times: PairedTimes,
  circumstances: Circumstances,
): Row {
  return {
    ...aloneRow(setting, times, circumstances),
    ...beside,
    peerMs: rounded(times.peer.median),
    speedRatio: rounded(times.ratio.median),
    peerSpread: roundedSpread(times.peer),
    ratioSpread: roundedSpread(times.ratio),
    peerGatheredMs: rounded(times.peerGathered.median),
    peerLoss: times.peerLoss,
  }
}

/** Contestants that started alike and did the same steps agree on the loss; if not, their times say nothing. */
export function lossWarning({ work, optimizer, threads, peer, oursLoss, peerLoss }: Row): string | undefined {
  if (peerLoss === null || Math.abs(oursLoss - peerLoss) <= 0.01 * Math.abs(peerLoss) + 1e-4) return undefined
  return `${work}, ${optimizer}, ${threads} thread(s): gradwerk ends at a loss of ${oursLoss}, ${peer} at ${peerLoss}: they did not do the same work.`
}
