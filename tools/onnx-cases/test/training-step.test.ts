// An exported training step, read by the table of operators and run by plain loops: an independent reader agrees with the trainer.

import { ort } from '@gradwerk/backend-ort'
import {
  type Backend,
  type Callback,
  type Dataset,
  numbers,
  program,
  reference,
  sliceStep,
  type Value,
  type Values,
} from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import { averagePool2d, conv2d, dense, flatten, relu, reshape, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm } from '@gradwerk/normalization'
import { decodeModel, exportTrainingStep } from '@gradwerk/onnx'
import { adamW, clipByGlobalNorm, cosine, nesterov } from '@gradwerk/optimizers'
import { dropout, l2, maxNorm } from '@gradwerk/regularizers'
import { Trainer, type TrainerOptions } from '@gradwerk/trainer'
import { expect, test } from 'vitest'
import { decodeTensor, encodeTensor } from '../src/messages.ts'
import { readGraph } from '../src/read-graph.ts'

const steps = 20
const batchSize = 10
const { train } = generatedDigits({ train: steps * batchSize, test: 1, seed: 1 })
const common = { loss: softmaxCrossEntropy(), seed: 5 } as const

const cases: Readonly<Record<string, Omit<TrainerOptions, 'backend'>>> = {
  'a perceptron with dropout, batch normalization, a penalty, clipping and AdamW': {
    ...common,
    model: sequential([flatten(), dense(16, { useBias: false }), batchNorm(), relu(), dropout(0.3), dense(10)]),
    optimizer: adamW({ learningRate: cosine(0.01) }),
    regularizers: [l2(1e-3)],
    gradientTransforms: [clipByGlobalNorm(1)],
  },
  'a convolutional network with average pooling, momentum and max-norm': {
    ...common,
    model: sequential([
      reshape([1, 28, 28]),
      conv2d(4, { size: 5, strides: 2 }),
      relu(),
      averagePool2d(2),
      flatten(),
      dense(10),
    ]),
    optimizer: nesterov({ learningRate: 0.02 }),
    constraints: [maxNorm(2)],
  },
}

/** A function of the model's inputs by name, on a backend. */
async function reader(bytes: Uint8Array, first: Values, backend: Backend): Promise<(feeds: Values) => Promise<Values>> {
  const model = decodeModel(bytes)
  const given = (model.graph?.input ?? []).map(({ name }) => decodeTensor(encodeTensor(name, first[name] as Value)))
  const { inputs, outputs } = readGraph(model, given)
  const executable = await backend.compile(program({ name: 'read', shared: inputs, inputs: {}, state: {}, outputs }))
  return async (feeds) => {
    const shared = Object.fromEntries(Object.keys(inputs).map((name) => [name, feeds[name] as Value]))
    return sliceStep((await executable.run({ steps: 1, shared, inputs: {}, state: {} })).outputs, 0)
  }
}

const scalar = (x: number | undefined): Value => ({
  dtype: 'float32',
  shape: [],
  data: Float32Array.of(x ?? Number.NaN),
})
const scheduled = '.schedule'
const after = '.next'

async function readLosses(
  trainer: Trainer,
  data: Dataset,
  backend: Backend,
): Promise<{ losses: number[]; state: Values }> {
  const exported = await trainer.program(data, { batchSize, epochs: 1 })
  const files = await exportTrainingStep(exported)
  const first = await (await reader(files.initial, {}, backend))({})
  const schedules = Object.entries(first).filter(([name]) => name.endsWith(scheduled))
  const feedsAt = (step: number, state: Values): Values => ({
    ...state,
    ...exported.inputs(step),
    ...Object.fromEntries(
      schedules.map(([name, rates]) => [name.slice(0, -scheduled.length), scalar(numbers(rates)[step])]),
    ),
  })
  let state: Values = first
  const losses: number[] = []
  const run = await reader(files.step, feedsAt(0, state), backend)
  for (let step = 0; step < steps; step++) {
    const outputs = await run(feedsAt(step, state))
    losses.push(numbers(outputs['loss'] as Value)[0] ?? Number.NaN)
    const next = Object.entries(outputs).filter(([name]) => name.endsWith(after))
    state = { ...state, ...Object.fromEntries(next.map(([name, value]) => [name.slice(0, -after.length), value])) }
  }
  return { losses, state }
}

test.each(Object.entries(cases))('%s', async (_, options) => {
  const losses: number[] = []
  const listen: Callback = {
    kind: 'callback',
    name: 'listen',
    options: {},
    onSteps: (_run, told) => void losses.push(...told.losses),
  }
  const trainer = new Trainer({ ...options, callbacks: [listen], backend: ort({ threads: 1 }) })
  const { snapshot } = await trainer.fit(train, { epochs: 1, batchSize })
  const read = await readLosses(new Trainer({ ...options, backend: reference() }), train, reference())
  expect(read.losses).toHaveLength(steps)
  for (const [i, loss] of read.losses.entries()) expect(Math.abs(loss - (losses[i] ?? Number.NaN))).toBeLessThan(1e-4)
  for (const [name, value] of Object.entries({ ...snapshot.parameters, ...snapshot.state })) {
    const own = numbers(read.state[name] as Value)
    const far = Array.from(numbers(value), (x, i) => Math.abs(x - (own[i] ?? Number.NaN)))
    expect([name, far.every((difference) => difference < 1e-3)]).toEqual([name, true])
  }
})
