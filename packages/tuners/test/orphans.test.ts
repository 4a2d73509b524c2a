// What becomes of trials whose worker has gone, and of a worker that was taken for dead.

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createStudy, journalStorage, type Storage, StudyError, type StudyOptions, type Trial } from '../src/index.ts'

let folder: string
let path: string
let open: Storage[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradwerk-orphans-'))
  path = join(folder, 'study.log')
})
afterEach(() => {
  for (const storage of open) storage.close()
  open = []
  rmSync(folder, { recursive: true })
})

function joined(options: StudyOptions = {}) {
  const storage = journalStorage(path, { heartbeat: 0.2 })
  open.push(storage)
  return createStudy({ storage, ...options })
}

/** Makes a worker look as if its process number now belonged to another process, or to none. */
function bury({ worker }: Storage): void {
  const file = join(`${path}.heartbeats`, worker)
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), pid: 2 ** 22 + 1 }))
}

const objective = (trial: Trial) => trial.float('x', 0, 1)
const states = (study: ReturnType<typeof joined>) => study.trials().map(({ state }) => state)

test('the trial of a worker that has gone is closed and tried again with its parameters', () => {
  const [a, b] = [joined(), joined()]
  const lost = a.ask()
  const x = objective(lost)
  lost.setAttribute('note', 'kept')
  lost.report(0, 1)
  expect(b.ask().number).toBe(1)
  bury(a.storage)
  const again = b.ask()
  expect(states(b)).toEqual(['failed', 'running', 'running'])
  expect([again.number, objective(again)]).toEqual([2, x])
  const [first, , third] = b.storage.state.trials
  expect(Object.fromEntries(first?.system ?? [])).toMatchObject({ 'gradwerk:orphan': a.storage.worker })
  expect(Object.fromEntries(third?.system ?? [])).toMatchObject({
    failed_trial: 0,
    retry_history: [0],
    fixed_params: { x },
    'gradwerk:worker': b.storage.worker,
  })
  expect(b.trials()[0]).toMatchObject({
    failure: 'its worker ended without ending it',
    intermediate: new Map([[0, 1]]),
  })
  expect(b.trials()[2]?.attributes).toEqual({ note: 'kept' })
})

test('but not for ever', () => {
  const b = joined({ retries: 2 })
  for (let i = 0; i < 4; i++) {
    const a = joined({ retries: 2 })
    objective(a.ask())
    bury(a.storage)
  }
  const last = b.ask()
  // The first was tried again by the second worker, and by the third; the fourth began anew.
  expect(states(b)).toEqual(['failed', 'failed', 'failed', 'failed', 'running'])
  expect(b.storage.state.trials.map(({ system }) => system.get('retry_history'))).toEqual([
    undefined,
    [0],
    [0, 1],
    undefined,
    [3],
  ])
  expect(last.number).toBe(4)
})

test('a worker that took leave without ending its trial has gone as well', () => {
  const [a, b] = [joined(), joined()]
  a.ask()
  a.storage.close()
  b.ask()
  expect(states(b)).toEqual(['failed', 'running'])
})

test('trials of programs that do not say who runs them are left alone', () => {
  const study = joined()
  appendFileSync(
    path,
    '{"op_code":4,"worker_id":"of Optuna","study_id":0,"datetime_start":"2026-11-20T15:58:05.027793"}\n',
  )
  study.ask()
  expect(states(study)).toEqual(['running', 'running'])
})

test('a worker that was taken for dead hears of it, and goes on with other trials', async () => {
  const [a, b] = [joined(), joined()]
  const told = a.ask()
  bury(a.storage)
  const again = b.ask()
  expect(() => a.tell(told, 1)).toThrow('trial 0 is failed already')
  expect(() => told.report(0, 1)).toThrow(StudyError)
  b.tell(again, 2)
  let buried = false
  const result = await a.optimize(
    (trial) => {
      const x = objective(trial)
      if (!buried) {
        buried = true
        bury(a.storage)
        b.tell(b.ask(), 3)
      }
      trial.report(0, x)
      return x
    },
    { trials: 3 },
  )
  expect(result).toEqual({ trials: 3, stopped: 'trials' })
  expect(states(b)).toEqual(['failed', 'complete', 'failed', 'complete', 'complete', 'complete'])
})

test('orphans are found while a trial waits for something', async () => {
  const [a, b] = [joined(), joined()]
  a.ask()
  await b.optimize(
    async () => {
      bury(a.storage)
      while (b.storage.state.trials[0]?.state === 'running') await new Promise((resolve) => setTimeout(resolve, 5))
      return 1
    },
    { trials: 1 },
  )
  // It was tried again although the one trial that was asked for had ended.
  expect(states(b)).toEqual(['failed', 'complete', 'complete'])
})

test('files of workers that have gone are cleared away by the last one that leaves', () => {
  const [a, b] = [joined(), joined()]
  a.ask()
  b.ask()
  bury(a.storage)
  expect(readdirSync(`${path}.heartbeats`)).toHaveLength(2)
  b.storage.close()
  expect(readdirSync(folder)).toEqual(['study.log'])
})
