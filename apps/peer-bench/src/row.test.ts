import { expect, test } from 'vitest'
import type { PairedTimes } from './measure.ts'
import { aloneRow, lossWarning, pairedRow, type Setting } from './row.ts'
import { spread } from './statistics.ts'
import { legend, table } from './table.ts'

const circumstances = {
  rounds: 3,
  machine: { cpu: 'Some CPU', cores: 2, load: 0.1 },
  versions: { node: '20.19.0' },
  date: '2026-01-02T03:04:05.000Z',
}
const times: PairedTimes = {
  ours: spread([3, 4, 5]),
  peer: spread([6, 4.2, 5.1]),
  peerGathered: spread([7, 7, 7]),
  ratio: spread([2, 1.05, 1.02]),
  oursLoss: 0.5,
  peerLoss: 0.5000001,
}
const setting: Setting = {
  work: 'cnn',
  batch: 128,
  optimizer: 'sgd',
  threads: 1,
  stepsPerCall: 3,
  warmUpSteps: 3,
  timedSteps: 9,
}
const row = pairedRow(setting, { peer: 'pytorch', peerBuild: 'PyTorch 9' }, times, circumstances)

test('a row carries the medians under the agreed names', () => {
  expect(JSON.parse(JSON.stringify(row))).toMatchObject({
    ...setting,
    peer: 'pytorch',
    peerBuild: 'PyTorch 9',
    oursMs: 4,
    peerMs: 5.1,
    speedRatio: 1.05,
    peerGatheredMs: 7,
    ...circumstances,
  })
})

test('the ratio is the median of the rounds, and not the ratio of the medians', () => {
  expect(row.speedRatio).not.toBe((row.peerMs ?? 0) / row.oursMs)
})

test('without a peer its fields are null, and the table has no column for it', () => {
  const alone = aloneRow(setting, times, circumstances)
  expect(alone).toMatchObject({ peer: null, peerBuild: null, peerMs: null, speedRatio: null, oursMs: 4 })
  expect(table([alone])).not.toContain('peer')
  expect(legend([alone])).not.toContain('peer')
})

test('the table shows spreads; the legend machine, versions, date and build', () => {
  expect(table([row])).toContain('4.00  (3.00; 3.50–4.50)')
  expect(table([row])).toContain('1.05  (1.03–1.52)')
  for (const said of [
    'CNN 32c3',
    '9 steps after 3',
    '3 a call',
    'Some CPU, 2 cores',
    'node 20.19.0',
    circumstances.date,
    'Peer build: PyTorch 9',
  ])
    expect(legend([row])).toContain(said)
})

test('the legend describes every work once', () => {
  const mlp = pairedRow(
    { ...setting, work: 'mlp-512' },
    { peer: 'pytorch', peerBuild: 'PyTorch 9' },
    times,
    circumstances,
  )
  const lines = legend([row, { ...row, threads: 2 }, mlp]).split('\n')
  expect(lines.filter((line) => line.startsWith('cnn:'))).toHaveLength(1)
  expect(lines.filter((line) => line.startsWith('mlp-512:'))).toHaveLength(1)
})

test('contestants that end at different losses are reported', () => {
  expect(lossWarning(row)).toBeUndefined()
  expect(lossWarning({ ...row, peerLoss: 0.6 })).toContain('did not do the same work')
  expect(lossWarning({ ...row, oursLoss: Number.NaN })).toContain('did not do the same work')
  expect(lossWarning({ ...row, peerLoss: 0.506 })).toMatch(/^cnn, sgd, 1 thread/)
  expect(lossWarning({ ...row, peerLoss: 0.504 })).toBeUndefined()
})
