// What a first-time user reads when something is off: each message names who, what and where.

import { type Callback, type Dataset, reference, type Snapshot, valueOf } from '@gradwerk/core'
import { dense } from '@gradwerk/layers'
import { meanSquaredError, softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { sgd } from '@gradwerk/optimizers'
import { dropout, elasticNet, l2 } from '@gradwerk/regularizers'
import { describe, expect, it, vi } from 'vitest'
import { CallbackError, type FitOptions, Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'

const plain: TrainerOptions = {
  model: dense(3),
  loss: softmaxCrossEntropy(),
  optimizer: sgd(0.1),
  backend: reference(),
  onWarning: () => undefined,
}
const data = clusters(60)

function fit(options: Partial<TrainerOptions> = {}, how: Partial<FitOptions> = {}, dataset: Dataset = data) {
  return new Trainer({ ...plain, ...options }).fit(dataset, { epochs: 2, batchSize: 20, ...how })
}

const callback = (hooks: Partial<Callback>): Callback => ({ kind: 'callback', name: 'mine', options: {}, ...hooks })
const weights = ({ parameters }: Snapshot) => Array.from(parameters['kernel']?.data ?? [], Number)

describe('callbacks', () => {
  it('cannot change a run by what they are handed', async () => {
    const untouched = await fit({}, { validation: 0.2 })
    const meddler = callback({
      onSteps({ snapshot }, { losses }) {
        for (const { data } of Object.values(snapshot().parameters)) data.fill(0 as never)
        losses.fill(0)
      },
      onEpochEnd({ history }, record) {
        expect(() => Object.assign(record, { loss: 0 })).toThrow(TypeError)
        expect(() => Object.assign(record.validation as object, { loss: 0 })).toThrow(TypeError)
        expect(() => (history as unknown[]).pop()).toThrow(TypeError)
      },
    })
    const run = await fit({ callbacks: [meddler] }, { validation: 0.2 })
    expect(run.history).toEqual(untouched.history)
    expect(weights(run.snapshot)).toEqual(weights(untouched.snapshot))
  })

  it('may reuse a snapshot after it was restored', async () => {
    let first: Snapshot | undefined
    const back = callback({
      onRunStart({ snapshot }) {
        first = snapshot()
      },
      onEpochEnd: () => (first === undefined ? undefined : { restore: first }),
    })
    const run = await fit({ callbacks: [back] })
    expect(weights(run.snapshot)).toEqual(weights(first as Snapshot))
    first?.parameters['kernel']?.data.fill(7 as never)
    expect(weights(run.snapshot)).not.toContain(7)
  })

  it.each<[string, unknown, string]>([
    [
      'a negative factor',
      { learningRateFactor: -1 },
      "directive 'learningRateFactor' is not valid; expected number to be >0; got -1",
    ],
    [
      'a factor that is no number',
      { learningRateFactor: Number.NaN },
      "directive 'learningRateFactor' is not valid; expected number; got NaN",
    ],
    ['an unknown directive', { halt: 'now' }, "unknown directive 'halt'; expected one of stop, learningRateFactor"],
    ['a stop without a reason', { stop: true }, "directive 'stop' is not valid; expected string; got true"],
    ['no snapshot', { restore: 'best' }, 'directive \'restore\' is not valid; expected a snapshot; got "best"'],
    [
      'a snapshot that lacks values',
      { restore: { parameters: {}, state: {}, slots: {} } },
      "'kernel' of parameters to restore is missing",
    ],
    ['a text', 'stop', 'no directives; expected object; got "stop"'],
  ])('answers with %s: an error that names it and the hook', async (_, answer, message) => {
    const error = await fit({ callbacks: [callback({ onEpochEnd: () => answer as never })] }).catch((x: unknown) => x)
    expect(error).toBeInstanceOf(CallbackError)
    expect(String(error)).toContain(`callback mine: its answer in onEpochEnd is of no use: ${message}`)
  })

  it('refuses figures where there is no record, and values of another shape', async () => {
    await expect(fit({ callbacks: [callback({ onSteps: () => ({ figures: { x: 1 } }) })] })).rejects.toThrow(
      /callback mine: its answer in onSteps .*'figures' has no record/,
    )
    const wrong = callback({
      onEpochEnd({ snapshot }) {
        const { parameters, ...rest } = snapshot()
        return { restore: { ...rest, parameters: { ...parameters, kernel: valueOf('float32', [2], [1, 2]) } } }
      },
    })
    await expect(fit({ callbacks: [wrong] })).rejects.toThrow(/'kernel' of parameters to restore is not of its type/)
  })

  it('tell figures of an epoch, which later callbacks see', async () => {
    const seen: unknown[] = []
    const first = callback({ onEpochEnd: (_, { epoch }) => ({ figures: { twice: 2 * epoch } }) })
    const second = callback({ onEpochEnd: ({ history }, record) => void seen.push(record.callbacks, history.at(-1)) })
    const run = await fit({ callbacks: [first, second] })
    expect(run.history.map(({ callbacks }) => callbacks)).toEqual([{ twice: 2 }, { twice: 4 }])
    expect(seen[0]).toEqual({ twice: 2 })
    expect(seen[1]).toEqual(run.history[0])
  })
})

describe('datasets as plain objects', () => {
  const floats = Array.from({ length: 360 }, (_, i) => i / 360)
  const at = (row: number, feature: number, x: number) => {
    const numbers = [...floats]
    numbers[row * 6 + feature] = x
    return valueOf('float32', [60, 6], numbers)
  }
  it.each<[string, object, string]>([
    [
      'arrays',
      { inputs: { dtype: 'float32', shape: [60, 6], data: floats } },
      "the data of the inputs of 'clusters' is not of its element type; expected a Float32Array for float32; got Array",
    ],
    [
      'other arrays',
      { inputs: { dtype: 'float32', shape: [60, 6], data: Float64Array.from(floats) } },
      'got Float64Array',
    ],
    [
      'too few numbers',
      { inputs: { dtype: 'float32', shape: [60, 6], data: new Float32Array(359) } },
      'does not fill its shape [60, 6]; expected 360 elements; got 359',
    ],
    [
      'an unknown type',
      { targets: { dtype: 'int16', shape: [60], data: new Int16Array(60) } },
      "the targets of 'clusters' have an unknown element type",
    ],
    ['no targets', { targets: undefined }, "the targets of 'clusters' are no value"],
    [
      'a list of rows',
      { indices: [0, 1, 2] },
      "the indices of 'clusters' are no rows; expected an Int32Array; got Array",
    ],
    ['a missing scale', { inputScale: undefined }, "the inputScale of 'clusters' is not a finite number"],
    [
      'a gap',
      { inputs: at(17, 4, Number.NaN) },
      "an input of 'clusters' is not a finite number: row 17, feature 4; expected finite inputs; got NaN",
    ],
    ['an infinite input', { inputs: at(59, 0, -Infinity) }, 'row 59, feature 0; expected finite inputs; got -Infinity'],
  ])('%s', async (_, parts, message) => {
    const broken = { ...data, ...parts } as Dataset
    await expect(fit({}, {}, broken)).rejects.toThrow(message)
    await expect(fit({}, { validation: broken })).rejects.toThrow(message)
    const trainer = new Trainer(plain)
    await trainer.fit(data, { epochs: 1 })
    await expect(trainer.evaluate(broken)).rejects.toThrow(message)
  })

  it('may hold gaps in rows that are not used; a feature is named by its axes', async () => {
    const used = { ...data, inputs: at(17, 4, Number.NaN), indices: data.indices.filter((row) => row !== 17) }
    await expect(fit({}, { epochs: 1 }, used)).resolves.toBeDefined()
    const images = { ...data, inputs: { ...at(3, 4, Number.NaN), shape: [60, 2, 3] } }
    await expect(fit({}, {}, images)).rejects.toThrow('row 3, feature [1, 1]')
  })

  it('and a scale that is none, when predicting', async () => {
    const trainer = new Trainer(plain)
    await trainer.fit(data, { epochs: 1 })
    await expect(trainer.predict(data.inputs, Number.NaN)).rejects.toThrow(/Trainer.predict: the inputScale is not/)
    await expect(new Trainer(plain).fit(undefined as never, { epochs: 1 })).rejects.toThrow(/there is no dataset/)
  })
})

describe('plugins that return nothing of use', () => {
  const nothing = () => undefined as never
  const regularizer = { kind: 'regularizer' as const, name: 'mine', options: {} }
  it.each<[string, Partial<TrainerOptions>, string]>([
    [
      'a layer',
      { model: { ...dense(3), name: 'mine', apply: nothing } },
      'layer mine: apply gave something else; expected a tensor; got undefined',
    ],
    [
      'a loss',
      { loss: { ...meanSquaredError(), name: 'mine', values: nothing } },
      'loss mine: values gave something else',
    ],
    [
      'a loss of one number',
      { loss: { ...softmaxCrossEntropy(), name: 'mine', values: (x) => x } },
      'expected one number for each sample, [batch]; got float32 [?, 3]',
    ],
    [
      'an optimizer',
      { optimizer: { ...sgd(0.1), name: 'mine', update: nothing } },
      'optimizer mine: update (parameter) gave something else',
    ],
    [
      'an optimizer without slots',
      { optimizer: { ...sgd(0.1), name: 'mine', slots: nothing } },
      'optimizer mine: slots gave something else',
    ],
    [
      'a metric',
      { metrics: [{ ...accuracy(), name: 'mine', update: nothing }] },
      'metric mine: update gave something else; expected tensors by name; got undefined',
    ],
    [
      'a metric without result',
      { metrics: [{ ...accuracy(), name: 'mine', result: nothing }] },
      'metric mine: result gave something else; expected a number; got undefined',
    ],
    [
      'a penalty',
      { regularizers: [{ ...regularizer, penalty: nothing }] },
      "regularizer mine: penalty of 'kernel' gave something else; expected a scalar; got undefined",
    ],
    [
      'a penalty that is no scalar',
      { regularizers: [{ ...regularizer, penalty: (x) => x }] },
      "regularizer mine: penalty of 'kernel' gave something else; expected a scalar; got float32 [6, 3]",
    ],
    [
      'a term that is no scalar',
      { regularizers: [{ ...regularizer, lossTerm: ({ predictions }) => predictions }] },
      'regularizer mine: lossTerm gave something else; expected a scalar',
    ],
    [
      'a gradient transform',
      { gradientTransforms: [{ kind: 'gradientTransform', name: 'mine', options: {}, transform: nothing }] },
      'gradientTransform mine: transform gave something else',
    ],
    [
      'a gradient transform that loses one',
      { gradientTransforms: [{ kind: 'gradientTransform', name: 'mine', options: {}, transform: () => new Map() }] },
      "gradientTransform mine: transform (the gradient of 'kernel') gave something else",
    ],
    [
      'an augmentation',
      { augmentations: [{ kind: 'augmentation', name: 'mine', options: {}, apply: nothing }] },
      'augmentation mine: apply (inputs) gave something else',
    ],
    [
      'a schedule',
      { optimizer: sgd({ kind: 'schedule', name: 'mine', options: {}, at: nothing }) },
      "schedule mine: at(0, 6) gave no value for 'optimizer.learningRate'; expected a finite number; got undefined",
    ],
    [
      'an initializer',
      { model: dense(3, { initializer: { kind: 'initializer', name: 'mine', options: {}, sample: nothing } }) },
      "initializer mine: it gave the wrong number of elements for 'kernel'",
    ],
    [
      'a constraint',
      { model: dense(3, { constraint: { kind: 'constraint', name: 'mine', options: {}, project: nothing } }) },
      'constraint mine: project gave something else',
    ],
  ])('%s', async (_, options, message) => {
    await expect(fit(options, { validation: 0.2 })).rejects.toThrow(message)
  })
})

describe('options', () => {
  it.each<[string, () => unknown, string]>([
    [
      'validation: NaN',
      () => fit({}, { validation: Number.NaN }),
      "option 'validation' is not valid; expected a dataset, a fraction or a number of samples; got NaN",
    ],
    [
      'validation as text',
      () => fit({}, { validation: '0.1' as never }),
      'a fraction or a number of samples; got "0.1"',
    ],
    [
      'resume: null',
      () => fit({}, { resume: null as never }),
      "option 'resume' is not valid; expected a path or the bytes of a checkpoint; got null",
    ],
    [
      'a layer for a regularizer',
      async () => fit({ regularizers: [dropout(0.5) as never] }),
      "option 'regularizers.0' is not valid; expected a regularizer, or { regularizer, where }",
    ],
    [
      'elasticNet({ l3 })',
      async () => elasticNet({ l3: 1 } as never),
      "elasticNet: unknown option 'l3'; expected one of l1, l2, method",
    ],
    [
      'dropout({ p })',
      async () => dropout({ p: 0.5 } as never),
      "dropout: unknown option 'p'; expected one of dropProbability",
    ],
  ])('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(message)
  })
})

describe('resuming', () => {
  const kept = async (hooks: Partial<Callback> = {}) => {
    const all: Uint8Array[] = []
    const keep = callback({ onEpochEnd: () => ({ save: (bytes) => void all.push(bytes) }) })
    await fit({ callbacks: [keep, callback(hooks)] }, { epochs: 2 })
    return all
  }
  const resumed = async (resume: Uint8Array, dataset = data) => {
    const onWarning = vi.fn()
    const run = await fit({ callbacks: [callback({}), callback({})], onWarning }, { resume }, dataset)
    return { run, warnings: onWarning.mock.calls.flat() }
  }

  it('a run that was stopped says so, a complete one does not', async () => {
    const [stopped] = await kept({ onEpochEnd: () => ({ stop: 'enough' }) })
    expect((await resumed(stopped as Uint8Array)).warnings).toEqual([
      'checkpoint: this run was stopped at step 3 and is not continued: enough',
    ])
    const [first, last] = await kept()
    expect((await resumed(last as Uint8Array)).warnings).toEqual([])
    expect((await resumed(first as Uint8Array)).warnings).toEqual([])
  })

  it('refuses other numbers under the same name', async () => {
    const [first] = await kept()
    const other = clusters(60, 2)
    await expect(resumed(first as Uint8Array, other)).rejects.toThrow(
      /belongs to a run on other data: the numbers or the rows of 'clusters' differ/,
    )
    const scaled = { ...data, inputScale: 2 }
    await expect(resumed(first as Uint8Array, scaled)).rejects.toThrow(/on other data/)
    await expect(resumed(first as Uint8Array, clusters(60))).resolves.toBeDefined()
  })
})

it('names the penalty as the cause where the loss itself is finite', async () => {
  await expect(fit({ regularizers: [l2(1e39)] })).rejects.toThrow(
    /the penalties make the objective Infinity at step 1 \(epoch 1\); expected a finite objective/,
  )
})
