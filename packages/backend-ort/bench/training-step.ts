// Time of a training step, k steps a call.
// npx tsx bench/training-step.ts [batch] [hidden] [threads] [sgd|adam] [steps] [microseconds to spin]

import { ort } from '../src/index.ts'
import { initialState, sharedValues, stepInputs, trainingStep } from './perceptron.ts'

const [batch = 128, hidden = 512, threads = 2] = process.argv.slice(2, 5).map(Number)
const optimizer = process.argv[5] ?? 'sgd'
const steps = Number(process.argv[6] ?? 16)
const spinMicroseconds = Number(process.argv[7] ?? 100)
const settings = { batch, hidden, optimizer }

const step = trainingStep(settings)
const started = performance.now()
const executable = await ort({ threads, spinMicroseconds }).compile(step)
const compiled = performance.now() - started
const shared = sharedValues(settings)
let state = initialState(step)
let loss = Number.NaN
async function call(): Promise<void> {
  const result = await executable.run({ steps, shared, inputs: stepInputs(settings, steps), state })
  state = result.state
  loss = Number(result.outputs.loss?.data[steps - 1])
}
for (let i = 0; i < Math.ceil(32 / steps); i++) await call()
const times: number[] = []
for (let i = 0; i < Math.max(2, Math.ceil(160 / steps)); i++) {
  const before = performance.now()
  await call()
  times.push((performance.now() - before) / steps)
}
times.sort((a, b) => a - b)
const median = times[times.length >> 1]?.toFixed(3)
const mean = (times.reduce((a, b) => a + b) / times.length).toFixed(3)
console.log(
  `gradwerk k=${steps} ${optimizer} B=${batch} H=${hidden} th=${threads} spin=${spinMicroseconds}: ${mean} ms/step (median ${median}, min ${times[0]?.toFixed(3)}) loss ${loss.toFixed(4)} compile ${compiled.toFixed(0)} ms`,
)
