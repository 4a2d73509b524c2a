// Workers that are killed while they work. `npx tsx bench/crash.ts` does the same many times over.

import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Audit, audit, type Crew, worker } from './workers/crew.ts'

let folder: string
let path: string
let crew: Crew[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradwerk-crash-'))
  path = join(folder, 'study.log')
})
afterEach(async () => {
  for (const { process } of crew) process.kill('SIGKILL')
  await Promise.all(crew.map(({ ended }) => ended))
  crew = []
  rmSync(folder, { recursive: true })
})

function hire(total: number, pause: number): Crew {
  const hired = worker(path, 'total', total, pause)
  crew.push(hired)
  return hired
}

/** Resolves when so many trials have ended. */
async function ended(trials: number): Promise<void> {
  const count = () => (existsSync(path) ? readFileSync(path, 'utf8').match(/"op_code":6/g)?.length : 0) ?? 0
  while (count() < trials) await new Promise((resolve) => setTimeout(resolve, 2))
}

async function kill({ process, ended }: Crew): Promise<void> {
  process.kill('SIGKILL')
  expect((await ended).how).toBe('SIGKILL')
}

const sound: Partial<Audit> = { running: 0, waiting: 0, faults: [] }

test('trials of killed workers are found and tried again; nothing is lost or doubled; the study is replayed', async () => {
  const workers = [hire(60, 10), hire(60, 10), hire(60, 10)] as const
  await ended(8)
  await kill(workers[0])
  await ended(24)
  await kill(workers[1])
  expect(await workers[2].ended).toEqual({ how: 0, text: '' })
  const found = audit(path)
  expect(found).toMatchObject({ ...sound, complete: 60 })
  // Each was killed in the middle of a trial, or just between two.
  expect(found.failed).toBe(found.retried)
  expect(found.failed).toBeLessThanOrEqual(2)
  expect(found.replayed).toBeGreaterThan(100)
}, 120_000)

test('a killed study resumes where it stopped, with a torn line as well', async () => {
  await ended(0)
  for (const [i, tail] of ['', '{"op_code":7,"worker_id":"', 'x\n'].entries()) {
    const only = hire(30, 5)
    await ended(4 + 8 * i)
    await kill(only)
    const before = audit(path).faults.filter((fault) => !fault.includes('torn'))
    expect(before).toEqual([])
    appendFileSync(path, tail)
  }
  expect(await hire(30, 0).ended).toEqual({ how: 0, text: '' })
  expect(audit(path)).toMatchObject({ ...sound, complete: 30 })
}, 120_000)
