// The process that trains with gradwerk: the trainer's own step program, several steps a call, batches gathered in the graph.
// node --import tsx gradwerk-process.ts WORK_FILE OPTIMIZER LEARNING_RATE THREADS

import { createInterface } from 'node:readline'
import { ort } from '@gradwerk/backend-ort'
import { numbers, type Values, value, valueAt, valueOf } from '@gradwerk/core'
import { initialState, stepOf } from '../step.ts'
import { readWork } from '../work-file.ts'
import { optimizerOf } from '../works.ts'
import type { BlockRequest } from './peer.ts'

const [workFile = '', optimizerName = '', learningRate, threads] = process.argv.slice(2)
const { work, dataset, parameters, rows, steps: blockSteps, stepsPerCall } = await readWork(workFile)
const step = stepOf(work, optimizerOf(optimizerName, Number(learningRate)), dataset)
const executable = await ort({ threads: Number(threads) }).compile(step.program)
const initial: Values = { ...parameters, ...initialState(step) }
const hyperparameters = [...step.hyperparameters.all]

const shared: Values = {
  'dataset.inputs': dataset.inputs,
  'dataset.targets': dataset.targets,
  'dataset.inputScale': valueOf('float32', [], [dataset.inputScale]),
  ...Object.fromEntries(
    hyperparameters.flatMap(([name, { value: of }]) =>
      typeof of === 'number' ? [[name, valueOf('float32', [], [of])]] : [],
    ),
  ),
}

/** What changes from step to step, for the steps of a call. Nothing in the works draws random numbers, so the keys do not matter. */
function inputsAt(first: number, count: number): Values {
  const scheduled = hyperparameters.flatMap(([name, { value: of }]) => {
    if (typeof of === 'number') return []
    const numbers = Array.from({ length: count }, (_, i) => valueAt(of, first + i, blockSteps))
    return [[name, valueOf('float32', [count], numbers)] as const]
  })
  return {
    rows: value('int32', [count, work.batch], rows.subarray(first * work.batch, (first + count) * work.batch)),
    key: value('uint32', [count, 2], new Uint32Array(count * 2)),
    ...Object.fromEntries(scheduled),
  }
}

async function block({ warmUp, steps }: BlockRequest): Promise<{ ms: number; loss: number }> {
  let state = initial
  let loss = Number.NaN
  let started = performance.now()
  for (let first = 0; first < warmUp + steps; first += stepsPerCall) {
    if (first === warmUp) started = performance.now()
    const result = await executable.run({ steps: stepsPerCall, shared, inputs: inputsAt(first, stepsPerCall), state })
    state = result.state
    loss = result.outputs['loss'] === undefined ? Number.NaN : (numbers(result.outputs['loss']).at(-1) ?? Number.NaN)
  }
  return { ms: (performance.now() - started) / steps, loss }
}

console.log('{}')
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await block(JSON.parse(line))))
