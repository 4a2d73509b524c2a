import { filled } from '@gradwerk/core'
import { expect, it, onTestFinished } from 'vitest'
import type { TrialOrder } from '../src/messages.ts'
import { Pool } from '../src/pool.ts'
import { loadSamples } from '../src/samples.ts'
import type { TrialOutcome } from '../src/trial.ts'

const threads = { started: 0 }
process.on('worker', () => {
  threads.started++
})

const samples = await loadSamples({ data: 'generated', train: 40, validation: 20 })
const request = { configuration: 'none', seed: 1, epochs: 2, batchSize: 20, hidden: [8], trackTraining: true }
const { train } = samples
const broken = { ...train, inputs: filled('float32', train.inputs.shape, 3e38), inputScale: 1 }

function pool(size: number): Pool<TrialOrder, TrialOutcome> {
  const file = new URL('../src/worker.ts', import.meta.url)
  const made = new Pool<TrialOrder, TrialOutcome>(file, size, { samples, threads: 1 })
  onTestFinished(() => made.close())
  return made
}

it('says where a loss was not finite, and goes on with the other trials', async () => {
  const one = pool(1)
  threads.started = 0
  const records: number[] = []
  const [first, second, third] = await Promise.all([
    one.run({ request, train: broken }),
    one.run({ request: { ...request, configuration: 'nope' } }),
    one.run({ request }, { onProgress: (_, record) => void records.push(record?.epoch ?? 0) }),
  ])
  expect(first).toMatchObject({
    type: 'failed',
    failure: { step: 1, epoch: 1, problem: expect.stringContaining('NaN') },
  })
  expect(second).toMatchObject({ type: 'failed', failure: { problem: expect.stringContaining("'nope'") } })
  expect(third).toMatchObject({ type: 'finished', outcome: { figures: { epochs: 2 } } })
  expect(records.filter((epoch) => epoch > 0)).toEqual([1, 2])
  expect(threads.started).toBe(1)
})

it('ends what runs and drops what waits when it is stopped', async () => {
  const one = pool(1)
  const long = { request: { ...request, epochs: 100_000 } }
  const settled = [one.run(long, { onProgress: () => void one.stop() }), one.run(long)]
  expect(await Promise.all(settled)).toEqual([{ type: 'interrupted' }, { type: 'interrupted' }])
  expect(await one.run({ request })).toEqual({ type: 'interrupted' })
})

it('ends one trial alone where its listener says so', async () => {
  const one = pool(1)
  const long = { request: { ...request, epochs: 100_000 } }
  const settled = [one.run(long, { onProgress: (_, record) => (record?.epoch === 2 ? 'stop' : undefined) })]
  settled.push(one.run({ request }))
  expect((await Promise.all(settled)).map(({ type }) => type)).toEqual(['interrupted', 'finished'])
})

it('gives every trial that is timed a thread of its own, so that each compiles', { timeout: 300_000 }, async () => {
  const one = pool(1)
  threads.started = 0
  const timed = { request: { ...request, epochs: 1, target: 1 } }
  const alone = { alone: true }
  const settled = await Promise.all([one.run(timed, {}, alone), one.run(timed, {}, alone)])
  expect(settled.map(({ type }) => type)).toEqual(['finished', 'finished'])
  expect(threads.started).toBe(2)
})
