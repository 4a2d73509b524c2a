// A study can be computed again from what each suggestion had seen.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyOf, type RandomStream, randomStream, type Sampler } from '@gradwerk/core'
import { afterAll, expect, test } from 'vitest'
import {
  createStudy,
  defineSpace,
  float,
  gaussianProcess,
  grid,
  int,
  journalStorage,
  memoryStorage,
  quasiRandom,
  random,
  replay,
  type Storage,
  StudyError,
  type Trial,
  tpe,
} from '../src/index.ts'
import { worker } from './workers/crew.ts'

const folder = mkdtempSync(join(tmpdir(), 'gradwerk-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A sampler whose suggestions depend on everything it sees: values, reports, and who is running. */
const nosy = (): Sampler => ({
  kind: 'sampler',
  name: 'nosy',
  options: {},
  suggest(call) {
    const drawn = random().suggest(call)
    const seen = call.study.trials.flatMap(({ number, state, values, parameters, intermediate }) => [
      number,
      state === 'running' ? 0.25 : 0.5,
      ...(values ?? []),
      ...intermediate.values(),
      ...Object.values(parameters).filter((value) => typeof value === 'number'),
    ])
    const mark = Math.abs(Math.sin(seen.reduce((a, b) => a * 0.7 + b, 0)))
    return Object.hasOwn(call.space, 'x') ? { ...drawn, x: mark } : drawn
  },
})

function objective(trial: Trial): number {
  const x = trial.float('x', 0, 1)
  const kind = trial.categorical('kind', ['a', { nested: [1] }, null])
  return x + (kind === 'a' ? trial.int('n', 1, 9) : 0)
}

/** Two studies on one log that ask, report and tell in an order drawn at random. */
function interleave(storages: readonly Storage[], steps: number, random: RandomStream, sampler = nosy()) {
  const studies = storages.map((storage) => createStudy({ storage, sampler, registries: [{ nosy }] }))
  const running: (readonly [study: number, trial: Trial])[] = []
  for (let step = 0; step < steps; step++) {
    const which = random.integer(studies.length)
    const study = studies[which]
    if (study === undefined) continue
    if (running.length < 4 && random.integer(2) === 0) running.push([which, study.ask()])
    else {
      const [[owner, trial] = []] = running.splice(random.integer(Math.max(1, running.length)), 1)
      if (owner === undefined || trial === undefined) continue
      const value = objective(trial)
      trial.report(0, value)
      studies[owner]?.tell(trial, random.integer(5) === 0 ? { state: 'pruned' } : value)
      if (random.integer(4) === 0) study.enqueue({ kind: null })
    }
  }
}

test.each([1, 2, 3])('trials of one process that overlap are replayed exactly: %i', (seed) => {
  const storage = memoryStorage()
  interleave([storage, storage], 120, randomStream(keyOf(seed)))
  const { parameters, differences } = replay({ storage, registries: [{ nosy }] })
  expect(differences).toEqual([])
  expect(parameters).toBeGreaterThan(40)
})

test('so are those of several storages on one journal', () => {
  const path = join(folder, 'two.log')
  const storages = [journalStorage(path), journalStorage(path)]
  interleave(storages, 120, randomStream(keyOf(4)))
  for (const storage of storages) storage.close()
  const { parameters, differences } = replay({ storage: journalStorage(path), registries: [{ nosy }] })
  expect(differences).toEqual([])
  expect(parameters).toBeGreaterThan(40)
})

test.each([tpe({ startup: 4 }), gaussianProcess({ startup: 4 }), quasiRandom(), grid({ points: 3 })])(
  'so are suggestions that count on what others run: $name',
  (sampler) => {
    const path = join(folder, `${sampler.name}.log`)
    const storages = [journalStorage(path), journalStorage(path)]
    interleave(storages, 60, randomStream(keyOf(7)), sampler)
    for (const storage of storages) storage.close()
    const { parameters, differences } = replay({ storage: journalStorage(path) })
    expect(differences).toEqual([])
    expect(parameters).toBeGreaterThan(20)
  },
)

test('what differs is told', () => {
  const path = join(folder, 'differs.log')
  const storage = journalStorage(path)
  interleave([storage], 60, randomStream(keyOf(5)))
  storage.close()
  const other = replay({ storage: journalStorage(path), sampler: random() })
  expect(other.differences.length).toBeGreaterThan(10)
  expect(new Set(other.differences.map(({ parameter }) => parameter))).toEqual(new Set(['x']))
  // One value in the past is another: everything that had seen it differs, what came before does not.
  const text = readFileSync(path, 'utf8').replace(/"intermediate_value":[^}]*/, '"intermediate_value":0.125')
  writeFileSync(path, text)
  const changed = replay({ storage: journalStorage(path), registries: [{ nosy }] }).differences
  expect(changed.length).toBeGreaterThan(10)
  expect(changed[0]).toMatchObject({ trial: expect.any(Number), parameter: 'x', recorded: expect.any(Number) })
})

test('a trial of another sampler than the study was made with is replayed with its own', () => {
  const storage = memoryStorage()
  interleave([storage], 20, randomStream(keyOf(6)))
  const study = createStudy({ storage, sampler: random() })
  for (let i = 0; i < 5; i++) study.tell(study.ask(), 1)
  objective(study.ask())
  expect(replay({ storage, registries: [{ nosy }] }).differences).toEqual([])
})

test('declared spaces are replayed, with the bounds of their time', () => {
  const storage = memoryStorage()
  for (const high of [2, 3]) {
    const space = defineSpace({ x: float(0, high), n: int(1, 4), m: ({ n }) => int(n, 9) })
    const study = createStudy({ storage, space, sampler: random() })
    for (let i = 0; i < 6; i++) study.tell(study.ask(), i)
  }
  const { parameters, differences } = replay({ storage })
  expect([parameters, differences]).toEqual([36, []])
})

test('a study that is not there, or not from here, is no study to replay', () => {
  const storage = memoryStorage()
  expect(() => replay({ storage })).toThrow(StudyError)
  storage.append([{ kind: 'createStudy', name: 'study', directions: ['minimize'] }])
  expect(() => replay({ storage })).toThrow('it was not made here')
})

test.each(['tpe', 'gaussianProcess'] as const)(
  'the same seed gives the same study in other processes: %s',
  async (sampler) => {
    const paths = ['a', 'b'].map((name) => join(folder, `${sampler}-${name}.log`))
    expect(await Promise.all(paths.map((path) => worker(path, 'trials', 14, 0, sampler).ended))).toEqual(
      Array(2).fill({ how: 0, text: '' }),
    )
    const [a, b] = paths.map((path) => createStudy({ storage: journalStorage(path) }).trials())
    expect(a).toHaveLength(14)
    expect(a).toEqual(b)
  },
  60_000,
)
