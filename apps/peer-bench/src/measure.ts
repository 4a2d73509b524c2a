// Interleaved measurement: gradwerk and a peer take turns, so that whatever else the machine does meets both.

import type { BlockRequest, Contestant, Job } from './peers/peer.ts'
import { type Spread, spread } from './statistics.ts'

export interface OwnTimes {
  readonly ours: Spread
  readonly oursLoss: number
}

export interface PairedTimes extends OwnTimes {
  /** The peer's time with batches that are ready when the step begins. */
  readonly peer: Spread
  /** The same with batches gathered in the step, as gradwerk does. */
  readonly peerGathered: Spread
  /** The peer's time over ours, of each round. */
  readonly ratio: Spread
  readonly peerLoss: number
}

export type Start = (job: Job) => Promise<Contestant>

/** Contestants live while `use` runs, whatever happens in it. */
async function withContestants<T>(
  starts: readonly Start[],
  job: Job,
  use: (all: Contestant[]) => Promise<T>,
): Promise<T> {
  const running: Contestant[] = []
  try {
    // One after the other: a contestant that starts would disturb nobody's clock, but the machine may be small.
    for (const start of starts) running.push(await start(job))
    return await use(running)
  } finally {
    for (const contestant of running) contestant.stop()
  }
}

export interface Rounds {
  readonly rounds: number
  /** The steps of every block. */
  readonly block: Omit<BlockRequest, 'batches'>
  readonly onRound: (done: number) => void
}

/** Only gradwerk. */
export function measureAlone(ours: Start, job: Job, { rounds, block, onRound }: Rounds): Promise<OwnTimes> {
  return withContestants([ours], job, async ([contestant]) => {
    const results = []
    for (let round = 0; round < rounds; round++) {
      if (contestant !== undefined) results.push(await contestant.block({ ...block, batches: 'gathered' }))
      onRound(round + 1)
    }
    return { ours: spread(results.map(({ ms }) => ms)), oursLoss: results.at(-1)?.loss ?? Number.NaN }
  })
}

/** A gradwerk block, a peer's block with ready batches and one with gathered batches, again and again. */
export function measurePair(
  ours: Start,
  peer: Start,
  job: Job,
  { rounds, block, onRound }: Rounds,
): Promise<PairedTimes> {
  return withContestants([ours, peer], job, async ([us, them]) => {
    const results = []
    for (let round = 0; round < rounds; round++) {
      if (us === undefined || them === undefined) break
      const own = await us.block({ ...block, batches: 'gathered' })
      const ready = await them.block({ ...block, batches: 'ready' })
      const gathered = await them.block({ ...block, batches: 'gathered' })
      results.push({ own, ready, gathered })
      onRound(round + 1)
    }
    return {
      ours: spread(results.map(({ own }) => own.ms)),
      peer: spread(results.map(({ ready }) => ready.ms)),
      peerGathered: spread(results.map(({ gathered }) => gathered.ms)),
      ratio: spread(results.map(({ own, ready }) => ready.ms / own.ms)),
      oursLoss: results.at(-1)?.own.loss ?? Number.NaN,
      peerLoss: results.at(-1)?.ready.loss ?? Number.NaN,
    }
  })
}
