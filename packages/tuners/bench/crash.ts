// Kills workers many times and says what came of it: `npx tsx bench/crash.ts [rounds] [processes] [trials]`, by default 20, 8 and 100.

import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyOf, randomStream } from '@gradwerk/core'
import { journalStorage } from '../src/index.ts'
import { audit, longestPause, worker } from '../test/workers/crew.ts'

const [rounds = 20, processes = 8, trials = 100] = process.argv.slice(2).map(Number)
const heartbeat = 0.5 // of study-worker.ts
const folder = mkdtempSync(join(tmpdir(), 'gradwerk-crash-'))
const random = randomStream(keyOf(1))
const faults: string[] = []
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const size = (path: string) => (existsSync(path) ? readFileSync(path).length : 0)

async function grown(path: string, bytes: number): Promise<void> {
  while (size(path) < bytes) await sleep(1)
}

/** Seconds from a kill until the trial of the killed process was closed; 0 if it had none. */
function secondsToResolve(path: string, killed: number): number {
  const storage = journalStorage(path)
  const orphans = storage.state.trials.filter(({ system }) => system.has('gradwerk:orphan'))
  storage.close()
  return Math.max(0, ...orphans.map(({ completed }) => (new Date(completed ?? 0).getTime() - killed) / 1000))
}

console.log(`${rounds} rounds: ${processes} processes with ${trials} trials each, one of them killed`)
for (let round = 0; round < rounds; round++) {
  const path = join(folder, `round-${round}.log`)
  const begin = performance.now()
  const crew = Array.from({ length: processes }, () => worker(path, 'trials', trials, 2))
  // A journal of 800 trials has about a megabyte; the moment is anywhere in it.
  await grown(path, 1 + Math.floor(random.uniform() * processes * trials * 1100))
  const victim = crew[random.integer(processes)]
  const alive = victim?.process.exitCode === null
  const killed = Date.now()
  victim?.process.kill('SIGKILL')
  const ends = await Promise.all(crew.map(({ ended }) => ended))
  const found = audit(path)
  const resolved = secondsToResolve(path, killed)
  const pause = longestPause(path) / 1000
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  const { complete, failed, running, retried } = found
  console.log(
    `${round}: ${complete} complete, ${failed} orphaned, ${retried} tried again, orphan closed after ${resolved.toFixed(2)} s, longest pause ${pause.toFixed(2)} s, ${found.replayed} parameters replayed, ${seconds} s${alive ? '' : ' (it had finished)'}`,
  )
  const wrong = [
    ...found.faults,
    ...ends.flatMap(({ how, text }, i) =>
      how === 0 || crew[i] === victim ? [] : [`a worker ended by ${how}: ${text}`],
    ),
    ...(running > 0 ? [`${running} trials run for ever`] : []),
    ...(complete < (processes - 1) * trials ? [`only ${complete} trials are complete`] : []),
    ...(resolved > 2 * heartbeat ? [`an orphan was closed after ${resolved} s`] : []),
    ...(pause > 5 ? [`nothing happened for ${pause} s`] : []),
  ]
  faults.push(...wrong.map((fault) => `round ${round}: ${fault}`))
}

console.log(`${rounds} torn tails`)
const line = '{"op_code":7,"worker_id":"someone","trial_id":0,"step":0,"intermediate_value":0.5}'
let recovered = 0
for (let round = 0; round < rounds; round++) {
  const path = join(folder, 'torn.log')
  if (round > 0) appendFileSync(path, line.slice(0, 1 + random.integer(line.length)))
  const { how, text } = await worker(path, 'trials', 3).ended
  const { faults: wrong, complete } = audit(path)
  if (how === 0 && wrong.length === 0 && complete === 3 * (round + 1)) recovered++
  else faults.push(`torn tail ${round}: ${how} ${text} ${wrong} ${complete} complete`)
}
console.log(`${recovered} of ${rounds} continued`)

console.log(`${rounds} kills of a whole study`)
const path = join(folder, 'whole.log')
let lost = 0
let before = 0
for (let round = 0; round < rounds; round++) {
  const crew = [worker(path, 'total', 1e6), worker(path, 'total', 1e6)]
  await grown(path, size(path) + 500 + random.integer(20_000))
  for (const { process } of crew) process.kill('SIGKILL')
  await Promise.all(crew.map(({ ended }) => ended))
  const { complete, faults: wrong } = audit(path)
  if (complete < before) lost++
  before = complete
  faults.push(
    ...wrong.filter((fault) => !fault.includes('torn') && !fault.includes('tried')).map((w) => `kill ${round}: ${w}`),
  )
}
const last = await worker(path, 'total', before + 10).ended
const end = audit(path)
if (last.how !== 0 || end.complete !== before + 10 || end.running > 0)
  faults.push(`the last resume: ${JSON.stringify(end)}`)
faults.push(...end.faults)
console.log(`${end.complete} complete, ${end.retried} tried again, ${lost} resumes lost a trial`)

rmSync(folder, { recursive: true })
for (const fault of faults) console.log(fault)
console.log(faults.length === 0 ? 'nothing was lost, nothing doubled' : `${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
