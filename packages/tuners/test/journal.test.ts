// The file: what is torn, what is damaged, who may write.

import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError } from '@gradwerk/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { JournalError, type JournalOptions, journalStorage, type Storage } from '../src/index.ts'

let folder: string
let path: string
let open: Storage[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradwerk-journal-'))
  path = join(folder, 'study.log')
})
afterEach(() => {
  for (const storage of open) storage.close()
  open = []
  rmSync(folder, { recursive: true })
})

function journal(options: JournalOptions = {}): Storage {
  const storage = journalStorage(path, options)
  open.push(storage)
  return storage
}

const create = (name: string) => [{ kind: 'createStudy', name, directions: ['minimize'] }] as const
const names = (storage: Storage) => [...storage.state.studies.values()].map(({ name }) => name)

test('a file that is missing is created empty, and nothing is left beside it', () => {
  const storage = journal()
  expect(readFileSync(path, 'utf8')).toBe('')
  storage.append(create('a'))
  storage.close()
  expect(readdirSync(folder)).toEqual(['study.log'])
})

test('a path where no file can be is refused', () => {
  for (const place of [folder, join(folder, 'missing', 'study.log')]) {
    expect(() => journalStorage(place)).toThrow(JournalError)
    expect(() => journalStorage(place)).toThrow(
      /the file cannot be opened; expected a file to append to.*E(ISDIR|NOENT)/,
    )
  }
})

test('two storages on one file see what the other appends', () => {
  const [a, b] = [journal(), journal()]
  expect(a.append(create('a'))).toEqual([{ made: 0 }])
  expect(b.append(create('b'))).toEqual([{ made: 1 }])
  expect(b.append(create('a'))).toEqual([{ skipped: "there is a study 'a' already" }])
  a.sync()
  expect([a, b].map(names)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
  expect([...a.operations()]).toEqual([...b.operations()])
})

test('what to append may be decided when nobody else can', () => {
  const [a, b] = [journal(), journal()]
  a.append(create('a'))
  b.append(() => (b.state.studyNamed('a') === undefined ? create('b') : []))
  expect(names(b)).toEqual(['a'])
})

describe.each([
  ['a torn line', '{"op_code":0,"worker_'],
  ['a whole line without its end', '{"op_code":0,"worker_id":"x","study_name":"x","directions":[1]}'],
  ['garbage', 'garbage\n'],
  ['an empty line', '\n'],
  ['half a character', Buffer.from([0x22, 0xf0, 0x9f])],
  ['zeros, as a file system leaves them', Buffer.alloc(64)],
  ['a torn line that is longer than what follows', `{"op_code":0,"worker_id":"${'x'.repeat(4000)}`],
  ['a damaged and a torn line', '{"op_code":\n{"op'],
])('%s at the end', (_, tail) => {
  test('is not read, and cut off by the next append', () => {
    const before = journal()
    before.append(create('a'))
    appendFileSync(path, tail)
    const after = journal()
    expect(names(after)).toEqual(['a'])
    before.sync()
    after.append(create('b'))
    before.append(create('c'))
    expect(readFileSync(path, 'utf8')).toMatch(/^(\{.*\}\n){3}$/)
    expect(names(journal())).toEqual(['a', 'b', 'c'])
  })
})

test.each([
  ['notes', 'what I must not forget'],
  ['a line', 'what I must not forget\n'],
  ['JSON without a line feed', '{"name":"study"}'],
  ['other data', Buffer.from([8, 7, 0x12, 7])],
])('a file of another kind is not taken for a torn journal: %s', (_, content) => {
  writeFileSync(path, content)
  expect(() => journal()).toThrow(JournalError)
  expect(readFileSync(path)).toEqual(Buffer.from(content))
})

test.each(['{"op_co', '{"op_code": 0, "worker_id', '\n', '\0\0\0\0'])(
  'a journal may be torn in its first line: %j',
  (torn) => {
    writeFileSync(path, torn)
    journal().append(create('a'))
    expect(names(journal())).toEqual(['a'])
  },
)

test('an attribute without a value is refused before anything is written', () => {
  const storage = journal()
  storage.append(create('a'))
  const attribute = { kind: 'studyAttribute', study: 0, of: 'user', key: 'k', value: undefined as never } as const
  const content = readFileSync(path)
  expect(() => storage.append([attribute])).toThrow(DataError)
  expect(readFileSync(path)).toEqual(content)
})

test.each([
  ['garbage', 'garbage', 'Unexpected token'],
  ['an empty line', '', 'is damaged'],
  ['an unknown operation', '{"op_code":77,"worker_id":"x"}', 'an unknown operation 77'],
  ['a missing field', '{"op_code":1,"worker_id":"x"}', "'study_id' is missing instead of a whole number"],
  ['two attributes', '{"op_code":2,"worker_id":"x","study_id":0,"user_attr":{"a":1,"b":2}}', '2 attributes'],
  ['a list', '[1]', 'instead of an object'],
])('%s before the last line is an error, and nothing is written', (_, line, problem) => {
  const earlier = journal()
  earlier.append(create('é'))
  const byte = readFileSync(path).length
  appendFileSync(path, `${line}\n{"op_code":0,"worker_id":"x","study_name":"x","directions":[1]}\n`)
  const content = readFileSync(path)
  expect(() => journal()).toThrow(JournalError)
  expect(() => journal()).toThrow(problem)
  for (const use of [() => earlier.sync(), () => earlier.append(create('b'))]) {
    expect(use).toThrow(`line 2, at byte ${byte}, is damaged`)
    expect(use).toThrow(expect.objectContaining({ line: 2, byte }))
  }
  expect(readFileSync(path).equals(content)).toBe(true)
  expect(existsSync(`${path}.lock`)).toBe(false)
})

test('a journal that was cut by others is not appended to', () => {
  const storage = journal()
  storage.append(create('a'))
  writeFileSync(path, '')
  expect(() => storage.append(create('b'))).toThrow('it has become shorter')
})

test("Optuna's deprecated distributions go with their own kind only", () => {
  const storage = journal()
  storage.append([...create('a'), { kind: 'createTrial', study: 0, started: null }])
  const uniform = '{\\"name\\": \\"UniformDistribution\\", \\"attributes\\": {\\"low\\": 0.0, \\"high\\": 1.0}}'
  appendFileSync(
    path,
    `{"op_code":5,"worker_id":"x","trial_id":0,"param_name":"x","param_value_internal":0.5,"distribution":"${uniform}"}\n`,
  )
  const float = { internal: 0.25, distribution: { type: 'float', low: 0, high: 1 } } as const
  const append = (legacy: object) =>
    storage.append([{ kind: 'parameter', trial: 0, name: 'x', parameter: { ...float, ...legacy } }])
  expect(append({})).toEqual([{ skipped: expect.stringContaining('another kind') }])
  expect(append({ legacy: 'UniformDistribution' })).toEqual([{}])
  expect(readFileSync(path, 'utf8').split(uniform)).toHaveLength(3)
})

test.each([
  ['local', '2026-11-20T15:58:05.027793', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000$/],
  ['utc', '2026-11-20T15:58:05.027793+00:00', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000\+00:00$/],
])('times go on in the form of the file: %s', (_, time, form) => {
  const storage = journal()
  storage.append(create('a'))
  appendFileSync(path, `{"op_code":4,"worker_id":"x","study_id":0,"datetime_start":"${time}"}\n`)
  const now = new Date()
  storage.append([{ kind: 'createTrial', study: 0, started: now.toISOString() }])
  const written = storage.state.trials[1]?.started ?? ''
  expect(written).toMatch(form)
  expect(new Date(written).getTime()).toBe(now.getTime())
})

describe('the lock', () => {
  const lock = () => `${path}.lock`
  const elapsed = (work: () => void) => {
    const before = performance.now()
    work()
    return performance.now() - before
  }

  test('of a process that has ended is broken at once', () => {
    const storage = journal()
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    storage.append(create('a'))
    const [own = ''] = readdirSync(`${path}.heartbeats`)
    const holder = JSON.parse(readFileSync(join(`${path}.heartbeats`, own), 'utf8'))
    for (const dead of [
      { ...holder, pid },
      { ...holder, started: 'before' }, // the number is used again
    ]) {
      writeFileSync(lock(), JSON.stringify({ ...dead, worker: 'dead' }))
      if (process.platform !== 'linux' && dead.pid !== pid) continue
      expect(elapsed(() => storage.append(create(`after ${dead.started}`)))).toBeLessThan(500)
    }
    expect(existsSync(lock())).toBe(false)
  })

  test('is broken at once although a process died while breaking it', () => {
    const storage = journal()
    storage.append(create('a'))
    const [own = ''] = readdirSync(`${path}.heartbeats`)
    const holder = JSON.parse(readFileSync(join(`${path}.heartbeats`, own), 'utf8'))
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    for (const file of [lock(), `${lock()}.breaking`])
      writeFileSync(file, JSON.stringify({ ...holder, pid, worker: 'dead' }))
    expect(elapsed(() => storage.append(create('b')))).toBeLessThan(500)
    expect(readdirSync(folder).sort()).toEqual(['study.log', 'study.log.heartbeats'])
  })

  test.each([
    ["Optuna's open lock", () => writeFileSync(lock(), '')],
    ["Optuna's link", () => symlinkSync(path, lock())],
    ["Optuna's link of a relative path, which dangles", () => symlinkSync('folder/study.log', lock())],
  ])('that is foreign is broken after the grace period: %s', (_, make) => {
    const storage = journal({ gracePeriod: 0.3 })
    make()
    const waited = elapsed(() => storage.append(create('a')))
    expect(waited).toBeGreaterThan(290)
    expect(waited).toBeLessThan(2000)
    expect(names(storage)).toEqual(['a'])
    expect(() => lstatSync(lock())).toThrow('ENOENT')
  })

  test('that is foreign is waited for without spinning', () => {
    const storage = journal({ gracePeriod: 0.4 })
    symlinkSync('nowhere', lock())
    const { user } = process.cpuUsage()
    storage.append(create('a'))
    expect(process.cpuUsage().user - user).toBeLessThan(200_000)
  })

  test('lost to another process is noticed before writing', () => {
    const storage = journal()
    expect(() =>
      storage.append(() => {
        rmSync(lock())
        writeFileSync(lock(), 'of another')
        return create('a')
      }),
    ).toThrow('another process took it')
    expect(readFileSync(path, 'utf8')).toBe('')
    expect(readFileSync(lock(), 'utf8')).toBe('of another')
  })
})

test.each([
  [{ heartbeat: 0 }, 'heartbeat'],
  [{ gracePeriod: -1 }, 'gracePeriod'],
  [{ grace: 1 }, 'unknown option'],
])('%j is refused', (options, message) => {
  expect(() => journalStorage(path, options as JournalOptions)).toThrow(message)
})

test('a heart beats while the thread is busy', async () => {
  const storage = journal({ heartbeat: 0.1 })
  storage.beat()
  const [own = ''] = readdirSync(`${path}.heartbeats`)
  const beat = () => lstatSync(join(`${path}.heartbeats`, own)).mtimeMs
  const born = beat()
  await vi.waitFor(() => expect(beat()).toBeGreaterThan(born), 5000)
  const before = beat()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
  expect(beat()).toBeGreaterThan(before + 100)
  expect(journal().isGone(storage.worker)).toBe(false)
  storage.close()
  expect(journal().isGone(storage.worker)).toBe(true)
})

test('a worker is gone when its process has ended, or after two heartbeats of silence, with patience for one that lives', () => {
  const storage = journal({ heartbeat: 1 })
  storage.append(create('a'))
  const folder = `${path}.heartbeats`
  const [own = ''] = readdirSync(folder)
  const holder = JSON.parse(readFileSync(join(folder, own), 'utf8'))
  const gone = (facts: object, secondsAgo: number) => {
    writeFileSync(join(folder, 'other'), JSON.stringify({ ...holder, worker: 'other', ...facts }))
    const then = Date.now() / 1000 - secondsAgo
    utimesSync(join(folder, 'other'), then, then)
    return storage.isGone('other')
  }
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  expect([gone({}, 0), gone({}, 4), gone({}, 6)]).toEqual([false, false, true])
  expect(gone({ pid }, 0)).toBe(true)
  expect([gone({ host: 'elsewhere', pid }, 1), gone({ host: 'elsewhere', pid }, 3)]).toEqual([false, true])
  expect(gone({ interval: 60 }, 100)).toBe(false)
  expect(storage.isGone('unknown')).toBe(true)
})
