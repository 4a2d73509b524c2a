// A run ends with its best epoch, whatever ended it.

import { type Callback, type Dataset, numbers, type Optimizer, reference } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adam, ema, scheduleFreeAdamW, sgd, swa } from '@gradwerk/optimizers'
import { earlyStopping } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { type Run, Trainer, terminateOnNaN } from '../src/index.ts'
import { clusters } from './data.ts'

const [train, held] = [clusters(30, 1), clusters(60, 1)] as const

interface Setup {
  readonly optimizer?: Optimizer
  readonly callbacks?: readonly Callback[]
  readonly signal?: AbortSignal
  readonly data?: Dataset
}

/** A run that soon learns its 30 samples by heart, and ends with the loss it reports for its model. */
async function fit({
  optimizer = adam(0.1),
  callbacks = [],
  signal,
  data = train,
}: Setup): Promise<Run & { loss: number }> {
  const trainer = new Trainer({
    model: sequential([dense(32), relu(), dense(3)]),
    loss: softmaxCrossEntropy(),
    optimizer,
    callbacks: [earlyStopping({ patience: 100 }), ...callbacks],
    backend: reference(),
    seed: 1,
  })
  const run = await trainer.fit(data, { epochs: 14, batchSize: 10, validation: held, ...(signal && { signal }) })
  return { ...run, loss: (await trainer.evaluate(held))['loss'] as number }
}

const losses = ({ history }: Run) => history.map(({ validation }) => validation?.['loss'] as number)
/** The run went on after its best epoch, and its model is of that epoch. */
function expectBest(run: Run & { loss: number }): void {
  const best = Math.min(...losses(run))
  expect(losses(run).at(-1)).toBeGreaterThan(best)
  expect(run.loss).toBe(best)
}

const plugin = (name: string) => ({ kind: 'callback' as const, name, options: {} })

describe('the best epoch comes back', () => {
  it('after the last epoch', async () => {
    const run = await fit({})
    expectBest(run)
    expect(run.stopped).toBeNull()
  })

  it('after the stop of another callback', async () => {
    const enough: Callback = {
      ...plugin('enough'),
      onEpochEnd: (_, { epoch }) => (epoch === 12 ? { stop: 'enough' } : undefined),
    }
    const run = await fit({ callbacks: [enough] })
    expectBest(run)
    expect(run.stopped).toBe('enough')
  })

  it('after a stop in the middle of an epoch', async () => {
    const enough: Callback = {
      ...plugin('enough'),
      onSteps: ({ step }) => (step > 36 ? { stop: 'enough' } : undefined),
    }
    expectBest(await fit({ callbacks: [enough] }))
  })

  it('after an abort', async () => {
    const controller = new AbortController()
    const abort: Callback = {
      ...plugin('abort'),
      onEpochEnd: (_, { epoch }) => void (epoch === 12 && controller.abort()),
    }
    const run = await fit({ callbacks: [abort], signal: controller.signal })
    expectBest(run)
    expect(run.stopped).toBe('aborted')
  })

  it('after a loss that is not finite', async () => {
    // The rate explodes in the thirteenth epoch.
    const rate = {
      kind: 'schedule',
      name: 'exploding',
      options: {},
      at: (step: number) => (step < 36 ? 0.3 : 1e30),
    } as const
    const run = await fit({ optimizer: sgd(rate), callbacks: [terminateOnNaN()] })
    expect(run.stopped).toContain('not finite')
    expect(run.loss).toBe(Math.min(...losses(run)))
  })

  it.each([ema({ optimizer: adam(0.1), decay: 0.5 }), swa({ optimizer: adam(0.1), start: 2 }), scheduleFreeAdamW(0.1)])(
    'with the averages that $name evaluates with',
    async (optimizer) => {
      expectBest(await fit({ optimizer }))
    },
  )
})

it('slots come back with it, so that it is the snapshot of that epoch', async () => {
  const run = await fit({})
  const best = losses(run).indexOf(Math.min(...losses(run))) + 1
  const trainer = new Trainer({
    model: sequential([dense(32), relu(), dense(3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(0.1),
    callbacks: [{ ...plugin('stop'), onEpochEnd: (_, { epoch }) => (epoch === best ? { stop: 'there' } : undefined) }],
    backend: reference(),
    seed: 1,
  })
  const { snapshot } = await trainer.fit(train, { epochs: 14, batchSize: 10 })
  const all = ({ parameters, slots }: typeof snapshot) =>
    Object.entries({ ...parameters, ...slots }).map(([name, value]) => [name, Array.from(numbers(value))])
  expect(all(run.snapshot)).toEqual(all(snapshot))
})
