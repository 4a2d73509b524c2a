import { expect, test } from 'vitest'
import { measureAlone, measurePair, type Start } from './measure.ts'

const block = { warmUp: 2, steps: 6 }
const job = { workFile: '', optimizer: 'sgd', learningRate: 0.1, threads: 1 }

/** A contestant whose blocks take the given times, and which records what happens to it. */
function fake(name: string, log: string[], times: readonly number[]): Start {
  let turn = 0
  return async () => {
    log.push(`${name} starts`)
    return {
      async block({ batches, warmUp, steps }) {
        log.push(`${name} ${batches} ${warmUp}+${steps}`)
        const ms = times[turn++]
        if (ms === undefined) throw new Error(`${name} failed`)
        return { ms, loss: turn }
      },
      stop: () => void log.push(`${name} stops`),
    }
  }
}

test('contestants take turns, and ratios are of neighbouring blocks', async () => {
  const log: string[] = []
  const done: number[] = []
  const rounds = { rounds: 2, block, onRound: (round: number) => void done.push(round) }
  const times = await measurePair(fake('us', log, [1, 10]), fake('them', log, [2, 5, 30, 5]), job, rounds)
  const round = ['us gathered 2+6', 'them ready 2+6', 'them gathered 2+6']
  expect(log).toEqual(['us starts', 'them starts', ...round, ...round, 'us stops', 'them stops'])
  expect(times.ratio).toMatchObject({ min: 2, median: 2.5, max: 3 })
  expect(times).toMatchObject({ ours: { median: 5.5 }, peer: { median: 16 }, peerGathered: { median: 5 }, oursLoss: 2 })
  expect(done).toEqual([1, 2])
})

test('gradwerk alone is measured with batches gathered in the step', async () => {
  const log: string[] = []
  const times = await measureAlone(fake('us', log, [3]), job, { rounds: 1, block, onRound: () => undefined })
  expect(log).toEqual(['us starts', 'us gathered 2+6', 'us stops'])
  expect(times).toMatchObject({ ours: { median: 3 }, oursLoss: 1 })
})

test('contestants are stopped when one fails, also at its start', async () => {
  const log: string[] = []
  const rounds = { rounds: 1, block, onRound: () => undefined }
  await expect(measurePair(fake('us', log, [1]), fake('them', log, []), job, rounds)).rejects.toThrow('them failed')
  expect(log.slice(-2)).toEqual(['us stops', 'them stops'])
  const broken: Start = () => Promise.reject(new Error('cannot start'))
  log.length = 0
  await expect(measurePair(fake('us', log, [1]), broken, job, rounds)).rejects.toThrow('cannot start')
  expect(log).toEqual(['us starts', 'us stops'])
})
