// Bad input: what the message says, and that nothing is lost.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Callback,
  DataError,
  type Dataset,
  mul,
  OptionError,
  PluginError,
  reference,
  ShapeError,
  valueOf,
} from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { batchNorm } from '@gradwerk/normalization'
import { sgd } from '@gradwerk/optimizers'
import { l1 } from '@gradwerk/regularizers'
import { describe, expect, it, vi } from 'vitest'
import {
  CallbackError,
  CheckpointError,
  checkpoint,
  DivergenceError,
  type FitOptions,
  Trainer,
  type TrainerOptions,
} from '../src/index.ts'
import { clusters } from './data.ts'

const model = sequential([dense(8), relu(), dense(3)])
const plain: TrainerOptions = { model, loss: softmaxCrossEntropy(), optimizer: sgd(0.1), backend: reference(), seed: 1 }
const data = clusters(60)

function fit(options: Partial<TrainerOptions> = {}, how: Partial<FitOptions> = {}, dataset: Dataset = data) {
  return new Trainer({ ...plain, ...options }).fit(dataset, { epochs: 2, batchSize: 20, ...how })
}

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'gradwerk-trainer-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const callback = (hooks: Partial<Callback>): Callback => ({ kind: 'callback', name: 'mine', options: {}, ...hooks })

describe('options', () => {
  it('names an unknown option, and one of the wrong kind', async () => {
    expect(() => new Trainer({ ...plain, regulariser: [] } as never)).toThrow(/Trainer: unknown option 'regulariser'/)
    expect(() => new Trainer({ ...plain, optimizer: accuracy() } as never)).toThrow(/'optimizer'.*kind optimizer/)
    expect(() => new Trainer({ ...plain, backend: {} } as never)).toThrow(/backend/)
    await expect(fit({}, { epochs: 0 })).rejects.toThrow(OptionError)
    await expect(fit({}, { batchSize: 2.5 })).rejects.toThrow(/batchSize/)
    await expect(fit({}, { validation: 1.5 })).rejects.toThrow(OptionError)
  })

  it('refuses two figures of one name', () => {
    expect(() => new Trainer({ ...plain, metrics: [accuracy(), accuracy()] })).toThrow(
      /two figures are named 'accuracy'/,
    )
  })
})

describe('one trainer', () => {
  it('refuses a second fit while one is under way, and rules that reach nothing', async () => {
    const trainer = new Trainer(plain)
    const first = trainer.fit(data, { epochs: 1 })
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(/under way/)
    await first
    await expect(trainer.fit(data, { epochs: 1 })).resolves.toBeDefined()
    await expect(fit({ regularizers: [{ regularizer: l1(1), where: { name: /zzz/ } }] })).rejects.toThrow(
      /l1: its rule matches no parameter.*dense.kernel \(kernel\)/,
    )
    const wrong = { regularizer: l1(1), where: { nam: /dense/ } }
    expect(() => new Trainer({ ...plain, regularizers: [wrong as never] })).toThrow(OptionError)
  })

  it('refuses to evaluate or predict samples of other features', async () => {
    const trainer = new Trainer(plain)
    await trainer.fit(data, { epochs: 1 })
    const other = clusters(6, 1, 5)
    await expect(trainer.evaluate(other)).rejects.toThrow(/not trained for; expected samples of \[6\]; got \[6, 5\]/)
    await expect(trainer.predict(other.inputs)).rejects.toThrow(/Trainer.predict: inputs that/)
  })
})

describe('data', () => {
  it('refuses an empty dataset', async () => {
    await expect(fit({}, {}, { ...data, indices: new Int32Array(0) })).rejects.toThrow(/'clusters' is empty/)
  })

  it('refuses labels out of range and rows that do not exist', async () => {
    const targets = valueOf(
      'int32',
      [60],
      Array.from({ length: 60 }, (_, i) => (i === 7 ? 3 : 0)),
    )
    await expect(fit({}, {}, { ...data, targets })).rejects.toThrow(DataError)
    await expect(fit({}, {}, { ...data, indices: Int32Array.of(0, 60) })).rejects.toThrow(/no such row.*got 60/)
  })

  it('names both shapes and the op where shapes do not fit', async () => {
    const layer = dense(4).apply
    const broken = sequential([
      dense(8),
      { ...dense(4), apply: (x, context) => mul(x, layer.call(undefined, x, context)) },
    ])
    await expect(fit({ model: broken })).rejects.toThrow(/mul: shapes \[\?, 8\] and \[\?, 4\] do not broadcast/)
    await expect(fit({ model: broken })).rejects.toThrow(ShapeError)
  })

  it('refuses a batch of one sample in batch normalization', async () => {
    await expect(fit({ model: sequential([dense(4), batchNorm(), dense(3)]) }, { batchSize: 59 })).rejects.toThrow(
      /batchNorm.*1/s,
    )
  })

  it('refuses to evaluate or predict before training', async () => {
    await expect(new Trainer(plain).evaluate(data)).rejects.toThrow(/no trained parameters/)
    await expect(new Trainer(plain).predict(data.inputs)).rejects.toThrow(DataError)
  })
})

describe('training', () => {
  it('stops at a loss that is not finite, and says where', async () => {
    const error = await fit({ optimizer: sgd(1e30) }, { epochs: 5 }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(DivergenceError)
    const { step, epoch, message } = error as DivergenceError
    expect(message).toContain(`at step ${step} (epoch ${epoch})`)
    expect(step).toBeGreaterThan(1)
    expect(step).toBeLessThan(6)
  })

  it.each(['onRunStart', 'onEpochStart', 'onSteps', 'onEpochEnd', 'onRunEnd'] as const)(
    'names the callback that throws in %s',
    async (hook) => {
      const thrown = new Error('disk on fire')
      const broken = callback({
        [hook]: () => {
          throw thrown
        },
      })
      const error = await fit({ callbacks: [broken] }).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(CallbackError)
      expect((error as Error).message).toBe(`callback mine: it threw in ${hook}: disk on fire`)
      expect((error as Error).cause).toBe(thrown)
    },
  )

  it('refuses a proximal map where the optimizer has no step size', async () => {
    const { update, ...rest } = sgd(0.1)
    const without = {
      ...rest,
      update: (...call: Parameters<typeof update>) => ({ parameter: update(...call).parameter, slots: {} }),
    }
    await expect(fit({ optimizer: without, regularizers: [l1(0.1)] })).rejects.toThrow(PluginError)
    await expect(
      fit({ optimizer: without, regularizers: [l1({ strength: 0.1, method: 'subgradient' })] }),
    ).resolves.toBeDefined()
  })

  it('stops after the call under way when aborted', async () => {
    const controller = new AbortController()
    const abort = callback({ onSteps: ({ step }) => (step >= 4 ? controller.abort() : undefined) })
    const run = await fit({ callbacks: [abort], stepsPerCall: 1 }, { epochs: 50, signal: controller.signal })
    expect(run.stopped).toBe('aborted')
    expect(run.steps).toBe(4)
    expect(run.history).toHaveLength(1)
  })
})

describe('checkpoint files', () => {
  it('refuses a truncated, a damaged and a foreign file, and keeps them', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'run.checkpoint')
      await fit({ callbacks: [checkpoint(path)] })
      const bytes = await readFile(path)
      const bad = join(folder, 'bad')
      const resume = async (content: Uint8Array) => {
        await writeFile(bad, content)
        return fit({ callbacks: [checkpoint(path)] }, { resume: bad })
      }
      await expect(resume(bytes.subarray(0, 1000))).rejects.toThrow(CheckpointError)
      await expect(resume(bytes.with(bytes.length - 5, 1))).rejects.toThrow(/checksum does not match/)
      await expect(resume(Buffer.from('PK\u0003\u0004, something else altogether'))).rejects.toThrow(CheckpointError)
      expect(await readFile(bad, 'utf8')).toContain('something else')
      await expect(fit({}, { resume: join(folder, 'none') })).rejects.toThrow(/none: the checkpoint cannot be read/)
    }))

  it('says where it cannot write', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'file')
      await writeFile(file, '')
      await expect(fit({ callbacks: [checkpoint(join(file, 'run'))] })).rejects.toThrow(
        /file[/\\]run: the file cannot be written/,
      )
      const deep = join(folder, 'a', 'b', 'run')
      await fit({ callbacks: [checkpoint(deep)] })
      expect((await readFile(deep)).length).toBeGreaterThan(100)
    }))

  it('warns when callbacks or backend are not those of the checkpoint', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'run')
      await fit({ callbacks: [checkpoint(path)] })
      const onWarning = vi.fn()
      const other = { ...reference(), description: { name: 'reference', version: '1', threads: 2 } }
      await fit({ callbacks: [callback({})], backend: other, onWarning }, { resume: path })
      expect(onWarning.mock.calls.flat()).toEqual([
        expect.stringContaining('may not continue bit for bit'),
        expect.stringContaining('no state for callback 0, mine'),
      ])
    }))
})
