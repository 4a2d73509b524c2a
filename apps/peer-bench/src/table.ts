// The outcome for people.

import Table from 'cli-table3'
import type { Row } from './row.ts'
import type { Spread } from './statistics.ts'
import { workOf } from './works.ts'

function milliseconds(number: number): string {
  return number.toFixed(2)
}

/** The median, then the minimum and the two quartiles. */
function time({ min, lowerQuartile, median, upperQuartile }: Spread): string {
  return `${milliseconds(median)}  (${milliseconds(min)}; ${milliseconds(lowerQuartile)}–${milliseconds(upperQuartile)})`
}

function ratio({ lowerQuartile, median, upperQuartile }: Spread): string {
  return `${median.toFixed(2)}  (${lowerQuartile.toFixed(2)}–${upperQuartile.toFixed(2)})`
}

export function table(rows: readonly Row[]): string {
  const beside = rows.some(({ peer }) => peer !== null)
  const head = [
    'work',
    'batch',
    'optimizer',
    'threads',
    'gradwerk ms',
    ...(beside ? ['peer', 'peer ms', 'peer, gathering ms', 'peer / gradwerk'] : []),
  ]
  const lines = new Table({ head, style: { head: [], border: [] } })
  for (const { work, batch, optimizer, threads, oursSpread, peer, peerSpread, ratioSpread, peerGatheredMs } of rows) {
    const theirs =
      peerSpread === null || ratioSpread === null || peerGatheredMs === null
        ? []
        : [time(peerSpread), milliseconds(peerGatheredMs), ratio(ratioSpread)]
    lines.push([work, batch, optimizer, threads, time(oursSpread), ...(beside ? [peer ?? '', ...theirs] : [])])
  }
  return lines.toString()
}

/** What was measured in a block: one line for each work. */
function workLines(rows: readonly Row[]): string[] {
  const lines = rows.map(({ work, stepsPerCall, warmUpSteps, timedSteps }) => {
    const block = `${timedSteps} steps after ${warmUpSteps} for warming up, in gradwerk ${stepsPerCall} a call`
    return `${work}: ${workOf(work).description}; a block is ${block}.`
  })
  return [...new Set(lines)]
}

/** What the numbers mean and where they come from. */
export function legend(rows: readonly Row[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const { machine, versions, date, rounds } = first
  const builds = [...new Set(rows.flatMap(({ peerBuild }) => (peerBuild === null ? [] : [peerBuild])))]
  return [
    ...workLines(rows),
    `ms per training step: median (minimum; quartiles) of ${rounds} interleaved blocks.`,
    'gradwerk: batches gathered from the uint8 images and scaled within the step.',
    ...(builds.length === 0
      ? []
      : [
          'peer: batches ready when the step begins (the stricter comparison for gradwerk), and, for information, gathered within the step.',
          'peer / gradwerk: median (quartiles) of the ratios of neighbouring blocks; above 1 gradwerk is faster.',
        ]),
    ...builds.map((build) => `Peer build: ${build}`),
    `Machine: ${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)} at the start`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `Date: ${date}`,
  ].join('\n')
}
