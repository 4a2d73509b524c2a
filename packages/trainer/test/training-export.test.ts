// An exported training step, run by plain ONNX Runtime, does what the trainer does.

import { ort } from '@gradwerk/backend-ort'
import { type Backend, type Callback, type Dataset, numbers, reference, type Value, type Values } from '@gradwerk/core'
import { conv2d, dense, flatten, maxPool2d, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm } from '@gradwerk/normalization'
import { decodeModel, type ExportedTrainingStep, exportTrainingStep } from '@gradwerk/onnx'
import { adamW, clipByGlobalNorm, cosine, nesterov } from '@gradwerk/optimizers'
import { dropout, l2, maxNorm } from '@gradwerk/regularizers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'

const batchSize = 16
// Ten steps an epoch; what is left over is dropped.
const dataset = clusters(165, 3, 36)
const images: Dataset = {
  ...dataset,
  inputs: {
    dtype: 'uint8' as const,
    shape: [165, 1, 6, 6],
    data: Uint8Array.from(numbers(dataset.inputs), (x) => 128 + 40 * x),
  },
  targets: { ...dataset.targets, dtype: 'uint8' as const, data: Uint8Array.from(numbers(dataset.targets)) },
  inputScale: 1 / 255,
}

const plain = { loss: softmaxCrossEntropy(), seed: 5, onWarning: () => undefined } as const
const cases = {
  'a perceptron with dropout, batch normalization, penalties, clipping and AdamW': {
    data: dataset,
    options: {
      ...plain,
      model: sequential([dense(24), batchNorm(), relu(), dropout(0.3), dense(3)]),
      optimizer: adamW({ learningRate: cosine(0.02) }),
      regularizers: [l2(1e-3)],
      gradientTransforms: [clipByGlobalNorm(1)],
    },
  },
  'a convolutional network on bytes with momentum and a constraint': {
    data: images,
    options: {
      ...plain,
      model: sequential([conv2d(6, { size: [3, 3] }), relu(), maxPool2d([2, 2]), flatten(), dense(3)]),
      optimizer: nesterov({ learningRate: 0.05 }),
      constraints: [maxNorm(2)],
    },
  },
} satisfies Record<string, { data: Dataset; options: Omit<TrainerOptions, 'backend'> }>

interface Found {
  readonly losses: number[]
  readonly state: Values
}

/** Twenty steps of the trainer. */
async function trained(options: Omit<TrainerOptions, 'backend'>, data: Dataset, backend: Backend): Promise<Found> {
  const losses: number[] = []
  const listen: Callback = {
    kind: 'callback',
    name: 'listen',
    options: {},
    onSteps: (_, told) => void losses.push(...told.losses),
  }
  const trainer = new Trainer({ ...options, callbacks: [listen], backend })
  const { snapshot } = await trainer.fit(data, { epochs: 2, batchSize, remainder: 'drop' })
  return { losses, state: { ...snapshot.parameters, ...snapshot.state, ...snapshot.slots } }
}

const tensor = ({ dtype, shape, data }: Value) => new Tensor(dtype, data, shape)

/** Twenty steps from the two files, with nothing but onnxruntime-node and the batches. */
async function fromFiles(files: ExportedTrainingStep, inputs: (step: number) => Values): Promise<Found> {
  const options = { intraOpNumThreads: 1 }
  const initial = await InferenceSession.create(files.initial, options)
  const session = await InferenceSession.create(files.step, options)
  const first = Object.entries(await initial.run({}))
  const scheduled = first.filter(([name]) => name.endsWith('.schedule'))
  let values = Object.fromEntries(first.filter((entry) => !scheduled.includes(entry)))
  const losses: number[] = []
  for (let step = 0; step < 20; step++) {
    const { inputs: samples, targets, key } = inputs(step)
    const batch = Object.entries({ inputs: samples, targets, key } as Values)
    const feeds = batch.map(([name, value]) => [name, tensor(value)] as const)
    for (const [name, { data }] of scheduled)
      feeds.push([name.slice(0, -'.schedule'.length), new Tensor('float32', [Number(data[step])], [])])
    const outputs = await session.run({ ...values, ...Object.fromEntries(feeds) })
    losses.push(Number(outputs['loss']?.data[0]))
    const next = Object.entries(outputs).filter(([name]) => name.endsWith('.next'))
    values = { ...values, ...Object.fromEntries(next.map(([name, value]) => [name.slice(0, -'.next'.length), value])) }
  }
  const state = Object.entries(values).map(([name, { data, dims }]) => [name, { data, shape: dims }])
  return { losses, state: Object.fromEntries(state) }
}

test.each(Object.entries(cases))('%s', async (_, { data, options }) => {
  const own = await trained(options, data, ort({ threads: 1, rewrites: false }))
  const step = await new Trainer({ ...options, backend: reference() }).program(data, { batchSize, epochs: 2 })
  expect(step.steps).toBe(20)
  const files = await exportTrainingStep(step)
  const found = await fromFiles(files, step.inputs)
  // Bit for bit: the losses of twenty steps, and everything that they left.
  expect(found.losses).toEqual(own.losses)
  for (const [name, { shape, data: bits }] of Object.entries(own.state))
    expect([name, found.state[name]]).toEqual([name, expect.objectContaining({ shape, data: bits })])
  const withRewrites = await trained(options, data, ort({ threads: 1 }))
  const specification = await trained(options, data, reference())
  for (const other of [withRewrites, specification])
    for (const [i, loss] of other.losses.entries())
      expect(Math.abs(loss - (found.losses[i] as number))).toBeLessThan(1e-4)
})

test('the files say what goes in and out, name nodes after what they belong to, and can start from a run', async () => {
  const { data, options } = cases['a perceptron with dropout, batch normalization, penalties, clipping and AdamW']
  const trainer = new Trainer({ ...options, backend: ort({ threads: 1 }) })
  const run = await trainer.fit(data, { epochs: 1, batchSize })
  const step = await trainer.program(data, { batchSize, from: run.snapshot })
  expect(step.state['dense.kernel']).toBe(run.snapshot.parameters['dense.kernel'])
  const { graph, metadataProps } = decodeModel((await exportTrainingStep(step, { metadata: { seed: 5 } })).step)
  const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, JSON.parse(value)]))
  const { batch, hyperparameters, schedules, state, outputs } = metadata['gradwerk.training']
  expect(metadata['gradwerk.seed']).toBe(5)
  expect([batch, outputs]).toEqual([
    ['inputs', 'targets', 'key'],
    ['loss', 'objective'],
  ])
  expect(schedules['optimizer.learningRate']).toBe('optimizer.learningRate.schedule')
  expect(state['dense.kernel/squareSum']).toBe('dense.kernel/squareSum.next')
  expect(new Set(graph?.input.map(({ name }) => name))).toEqual(
    new Set([...batch, ...hyperparameters, ...Object.keys({ ...schedules, ...state })]),
  )
  expect(graph?.output.map(({ name }) => name)).toEqual([...outputs, ...Object.values(state)])
  const made = graph?.node.map(({ name }) => name.slice(0, name.lastIndexOf('/'))) ?? []
  expect([...new Set(made)]).toEqual(
    expect.arrayContaining([
      ...['batch', 'dense', 'batchNorm', 'relu', 'dropout', 'dense_1', 'loss', 'objective'],
      ...['gradient/dense.kernel', 'gradient/dense_1.kernel', 'update/dense.kernel'],
    ]),
  )
  expect(made).not.toContain('')
})

test('says what it cannot give', async () => {
  const { data, options } = cases['a perceptron with dropout, batch normalization, penalties, clipping and AdamW']
  const trainer = new Trainer({ ...options, backend: reference() })
  const step = await trainer.program(data, { batchSize })
  await expect(exportTrainingStep(step, { opset: 17 })).rejects.toThrow(
    /expected operator set 18 or newer; got opset 17/,
  )
  expect(() => step.inputs(10)).toThrow('Trainer.program: there is no such step; expected 0 to 9; got 10')
  await expect(trainer.program(data, { batchSize: 200 })).rejects.toThrow('not a single batch; expected at least 200')
  await expect(trainer.program(data, { batch: 1 } as object)).rejects.toThrow("unknown option 'batch'")
  await expect(exportTrainingStep(Promise.resolve(step) as never)).rejects.toThrow('await trainer.program(train)')
  await expect(exportTrainingStep({ ...step, state: {} })).rejects.toThrow("there is no first value of 'dense.kernel'")
})
