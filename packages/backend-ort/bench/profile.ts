// Where the time of a training step goes: milliseconds per step and nodes by ONNX operator, from ONNX Runtime's profile.
// npx tsx bench/profile.ts [batch] [hidden] [threads] [sgd|adam] [steps]

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { executable } from '../src/executable.ts'
import { loopModel } from '../src/loop-model.ts'
import { standardRewrites } from '../src/rewrites/index.ts'
import { loadNodeRuntime } from '../src/runtime-node.ts'
import { initialState, sharedValues, stepInputs, trainingStep } from './perceptron.ts'

interface Event {
  readonly cat: string
  readonly name: string
  readonly dur: number
  readonly args?: { readonly op_name?: string; readonly output_type_shape?: unknown }
}

const [batch = 128, hidden = 512, threads = 1] = process.argv.slice(2, 5).map(Number)
const settings = { batch, hidden, optimizer: process.argv[5] ?? 'sgd' }
const steps = Number(process.argv[6] ?? 16)
const calls = 10

const folder = mkdtempSync(join(tmpdir(), 'gradwerk-profile-'))
const step = trainingStep(settings)
const model = loopModel(step, standardRewrites)
const runtime = await loadNodeRuntime()
const session = await runtime.createSession(model.bytes, {
  threads,
  spinMicroseconds: 100,
  profilePath: join(folder, 'p'),
})
const run = executable(step, model, session)
let state = initialState(step)
const shared = sharedValues(settings)
for (let i = 0; i < calls; i++)
  state = (await run.run({ steps, shared, inputs: stepInputs(settings, steps), state })).state
await session.release()

const events: Event[] = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
rmSync(folder, { recursive: true })
const rows = new Map<string, { count: number; time: number }>()
for (const { cat, name, dur, args } of events) {
  if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue
  const key = `${args?.op_name} ${JSON.stringify(args?.output_type_shape)}`
  const row = rows.get(key) ?? { count: 0, time: 0 }
  rows.set(key, { count: row.count + 1, time: row.time + dur })
}
for (const [key, { count, time }] of [...rows].sort(([, a], [, b]) => b.time - a.time))
  console.log(`${(time / 1000 / calls / steps).toFixed(4)} ms  ${(count / calls / steps).toFixed(2)} nodes  ${key}`)
