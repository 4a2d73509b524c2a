// Journals that Optuna 4.9 and 5.0 wrote, beside the state that Optuna itself sees in them.

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Distribution } from '@gradwerk/core'
import { afterAll, describe, expect, test } from 'vitest'
import { journalStorage, loadStudy, type Storage, studyNames } from '../src/index.ts'
import { decode } from '../src/storage/journal/decode.ts'
import { distributionText } from '../src/storage/journal/distribution-text.ts'
import { encode } from '../src/storage/journal/encode.ts'
import { jsonText, parsePythonJson } from '../src/storage/journal/python-json.ts'
import type { StoredStudy, StoredTrial } from '../src/storage/state.ts'

const golden = new URL('./golden/', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'gradwerk-golden-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The golden files write floats that JSON lacks as {"$float": "nan"}. */
function plain(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(plain)
  if (typeof x !== 'object' || x === null) return x
  if ('$float' in x) return { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }[String(x.$float)]
  return Object.fromEntries(Object.entries(x).map(([key, item]) => [key, plain(item)]))
}

/** Both as naive local time of a machine in UTC, to the microsecond. */
function naive(time: unknown): string | null {
  if (typeof time !== 'string') return null
  const [, fraction = ''] = /\.(\d+)/.exec(time) ?? []
  const utc = /(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`
  return `${new Date(utc.replace(/\.\d+/, '')).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}`
}

const stateNames = { running: 'RUNNING', complete: 'COMPLETE', pruned: 'PRUNED', failed: 'FAIL', waiting: 'WAITING' }

function external(distribution: Distribution, internal: number): unknown {
  return distribution.type === 'categorical' ? distribution.choices[internal] : internal
}

function trialDump({ id, number, state, values, started, completed, ...trial }: StoredTrial): unknown {
  const parameters = [...trial.parameters]
  return {
    trial_id: id,
    number,
    state: stateNames[state],
    values,
    params: Object.fromEntries(parameters.map(([name, p]) => [name, external(p.distribution, p.internal)])),
    distributions: Object.fromEntries(parameters.map(([name, p]) => [name, parsePythonJson(distributionText(p))])),
    intermediate_values: Object.fromEntries(trial.intermediate),
    user_attrs: Object.fromEntries(trial.user),
    system_attrs: Object.fromEntries(trial.system),
    datetime_start: naive(started),
    datetime_complete: naive(completed),
  }
}

function studyDump({ id, name, directions, user, system, trials }: StoredStudy): Record<string, unknown> {
  return {
    study_id: id,
    study_name: name,
    directions: directions.map((direction) => direction.toUpperCase()),
    user_attrs: Object.fromEntries(user),
    system_attrs: Object.fromEntries(system),
    trials: trials.map(trialDump),
  }
}

interface Dump {
  readonly trials: readonly { datetime_start: unknown; datetime_complete: unknown }[]
}

/** Ours to compare, without what only studies compute. */
function expectedOf({ best_trial: _, pareto_front: __, ...study }: Dump & Record<string, unknown>): unknown {
  return {
    ...study,
    trials: study.trials.map((trial) => ({
      ...trial,
      datetime_start: naive(trial.datetime_start),
      datetime_complete: naive(trial.datetime_complete),
    })),
  }
}

const open: Storage[] = []
afterAll(() => {
  for (const storage of open) storage.close()
})

describe.each(readdirSync(golden).filter((name) => name.endsWith('.log')))('%s', (name) => {
  const lines = readFileSync(golden + name, 'utf8')
    .split('\n')
    .slice(0, -1)
  const path = join(folder, name)
  copyFileSync(golden + name, path)
  const storage = journalStorage(path)
  open.push(storage)

  test('loads to the state that Optuna sees', () => {
    const { studies } = plain(JSON.parse(readFileSync(golden + name.replace(/log$/, 'json'), 'utf8'))) as {
      studies: (Dump & Record<string, unknown>)[]
    }
    expect([...storage.state.studies.values()].map(studyDump)).toEqual(studies.map(expectedOf))
    expect(storage.state.position).toBe(lines.length)
  })

  test.skipIf(name.startsWith('foreign'))('is written again byte for byte', () => {
    const again = lines.map((line) => encode(decode(parsePythonJson(line)), 'utc'))
    // JavaScript does not tell 1 from 1.0, so that whole floats among attributes lose their point.
    const different = lines.filter((line, i) => line !== again[i])
    expect(different.length).toBeLessThanOrEqual(2)
    const pointless = (text: string) => text.replace(/\b(\d+)\.0(?=[,}\]])/g, '$1')
    expect(again.map(pointless)).toEqual(lines.map(pointless))
  })

  test('is continued', () => {
    const before = readFileSync(path)
    storage.append([{ kind: 'createStudy', name: 'ours', directions: ['maximize'] }])
    const whole = before.subarray(0, before.lastIndexOf('\n') + 1)
    const after = readFileSync(path)
    expect(after.subarray(0, whole.length).equals(whole)).toBe(true)
    expect(after.subarray(whole.length).toString()).toBe(
      `{"op_code":0,"worker_id":${jsonText(storage.worker)},"study_name":"ours","directions":[2]}\n`,
    )
    const again = journalStorage(path)
    expect(again.state.studyNamed('ours')).toEqual(storage.state.studyNamed('ours'))
    expect(again.state.trials).toEqual(storage.state.trials)
  })
})

test.each(['mixed.v4.9.0.log', 'mixed.v5.0.0rc1.log'])('a study of Optuna goes on here: %s', async (name) => {
  const path = join(folder, `study-${name}`)
  copyFileSync(golden + name, path)
  const storage = journalStorage(path)
  open.push(storage)
  const [optunas = ''] = studyNames(storage)
  const study = loadStudy({ name: optunas, storage })
  const before = study.trials()
  const best = study.best()
  await study.optimize((trial) => trial.float('lr', 1e-5, 1e-1, { log: true }), { trials: 4 })
  expect(study.directions).toEqual(['maximize'])
  expect(study.best()?.values?.[0]).toBe(best?.values?.[0])
  const after = study.trials()
  // What waited was taken first; what ran elsewhere still runs; nothing else has changed.
  for (const [i, trial] of before.entries()) if (trial.state !== 'waiting') expect(after[i]).toEqual(trial)
  expect(after.filter(({ state }) => state === 'complete').length).toBe(
    before.filter(({ state }) => state === 'complete').length + 4,
  )
  const differing = study.optimize((trial) => trial.int('lr', 1, 2), { trials: 1 })
  await expect(differing).rejects.toThrow("parameter 'lr' has another kind")
})
