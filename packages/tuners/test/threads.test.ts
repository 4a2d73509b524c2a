// Objectives on threads of their own.

import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import {
  createStudy,
  defineSpace,
  float,
  journalStorage,
  type ObjectiveThreads,
  objectiveThreads,
  replay,
  serveObjective,
  type Trial,
  threshold,
  tpe,
} from '../src/index.ts'

const open: ObjectiveThreads[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((threads) => threads.close()))
})

// Node cannot load TypeScript in a worker by itself, and the loader of the main thread does not reach there on Node 20.
const source = [
  `import { register } from '${import.meta.resolve('tsx/esm/api')}'`,
  'register()',
  `await import('${new URL('./workers/objective-thread.ts', import.meta.url)}')`,
].join('\n')
const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`)

function threadsFor(task: string, shared = new SharedArrayBuffer(8)): ObjectiveThreads {
  const threads = objectiveThreads(() => new Worker(url, { execArgv: [], workerData: { task, shared } }))
  open.push(threads)
  return threads
}

test('one thread gives the study that the main thread gives', async () => {
  const onMain = (trial: Trial) => {
    const x = trial.float('x', -5, 10)
    const kind = trial.categorical('kind', ['a', 'b'])
    return (x - 1) ** 2 + trial.int('n', 1, 9) + (kind === 'a' ? 1 : 0)
  }
  const [here, there] = [createStudy({ sampler: tpe(), seed: 2 }), createStudy({ sampler: tpe(), seed: 2 })]
  await here.optimize(onMain, { trials: 12 })
  await there.optimize(threadsFor('search').objective, { trials: 12 })
  const facts = (study: typeof here) => study.trials().map(({ parameters, values }) => ({ parameters, values }))
  expect(facts(there)).toEqual(facts(here))
  expect(new Set(there.trials().map(({ attributes }) => attributes['thread'])).size).toBe(1)
})

test('several threads share the trials of a study, which is replayed', async () => {
  const study = createStudy({ sampler: tpe(), seed: 2 })
  await study.optimize(threadsFor('search').objective, { trials: 20, concurrency: 2 })
  expect(study.trials().every(({ state }) => state === 'complete')).toBe(true)
  expect(new Set(study.trials().map(({ attributes }) => attributes['thread'])).size).toBe(2)
  expect(replay({ storage: study.storage })).toEqual({ parameters: 60, differences: [] })
})

test('pruning and heartbeats do not wait for the step that another thread computes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradwerk-threads-'))
  const path = join(folder, 'study.log')
  const storage = journalStorage(path, { heartbeat: 0.1 })
  try {
    const study = createStudy({ storage, pruner: threshold({ upper: 10 }) })
    const shared = new SharedArrayBuffer(8)
    const state = new Int32Array(shared)
    const running = study.optimize(threadsFor('block', shared).objective, { trials: 2, concurrency: 2 })
    while (Atomics.load(state, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const [own = ''] = readdirSync(`${path}.heartbeats`)
    const beat = () => lstatSync(join(`${path}.heartbeats`, own)).mtimeMs
    const before = beat()
    await running
    while (beat() === before) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(study.trials().map(({ state }) => state)).toEqual(['complete', 'pruned'])
  } finally {
    storage.close()
    rmSync(folder, { recursive: true })
  }
})

test('a declared space: the parameters go with the trial', async () => {
  const study = createStudy({ space: defineSpace({ x: float(1, 2) }) })
  const { objective } = threadsFor('declared')
  await study.optimize((_, trial) => objective(trial), { trials: 2 })
  for (const { parameters, values } of study.trials()) expect(values).toEqual([Number(parameters['x']) * 2])
})

test('an objective that throws fails its trial with its own words', async () => {
  const study = createStudy()
  const { objective } = threadsFor('throw')
  await expect(study.optimize(objective, { trials: 1 })).rejects.toThrow('RangeError: too far')
  await study.optimize(objective, { trials: 1, onError: 'continue' })
  expect(study.trials().map(({ failure }) => failure)).toEqual(['RangeError: too far', 'RangeError: too far'])
})

test('a mistake in the use of the study is that mistake', async () => {
  const study = createStudy()
  await expect(study.optimize(threadsFor('misuse').objective, { trials: 3, onError: 'continue' })).rejects.toThrow(
    'parameter x: the range is empty',
  )
  expect(study.trials()).toHaveLength(1)
})

test('a thread that ends takes its trial with it, and another one takes its place', async () => {
  const study = createStudy()
  await study.optimize(threadsFor('end').objective, { trials: 1, retries: 2 })
  expect(study.trials().map(({ state, failure }) => failure ?? state)).toEqual([
    'TrialError: trial 0: its thread ended; got exit code 3',
    'RangeError: outside of the objective',
    'complete',
  ])
})

test('the side of the thread is refused on a main thread', () => {
  expect(() => serveObjective(() => 0)).toThrow('serveObjective: this is no worker thread')
})
