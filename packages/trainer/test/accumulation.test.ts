// Accumulated gradients: n batches of b are one batch of n · b, to rounding, with everything that comes after the gradients.

import { ort } from '@gradwerk/backend-ort'
import {
  type Backend,
  type Callback,
  type Constraint,
  type Hyperparameter,
  maximum,
  minimum,
  reference,
  valueAt,
} from '@gradwerk/core'
import { dense, sequential, tanh } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adamW, clipByGlobalNorm, cosine, ema, lookahead, momentum, oneCycleMomentum, sgd } from '@gradwerk/optimizers'
import { l1, l2 } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { type Accumulation, accumulation } from '../src/accumulation.ts'
import { type FitOptions, type Run, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

const box: Constraint = {
  kind: 'constraint',
  name: 'box',
  options: {},
  project: (w) => maximum(minimum(w, 0.6), -0.6),
}

const optimizers = {
  'AdamW with a schedule, averaged': () => ema({ optimizer: adamW({ learningRate: cosine(0.05) }), decay: 0.9 }),
  'momentum with a schedule, lookahead': () =>
    lookahead({ optimizer: sgd({ learningRate: 0.2, momentum: oneCycleMomentum({ low: 0.5 }) }), steps: 2 }),
  'plain momentum': () => momentum(0.1),
}

function fit(
  backend: Backend,
  optimizer: keyof typeof optimizers,
  fit: Partial<FitOptions>,
  stepsPerCall = 3,
): Promise<Run> {
  const trainer = new Trainer({
    model: sequential([dense(8, { constraint: box }), tanh(), dense(3)]),
    loss: softmaxCrossEntropy(),
    optimizer: optimizers[optimizer](),
    regularizers: [l2(1e-2), { regularizer: l1(1e-3), where: { name: 'dense_1.kernel' } }],
    gradientTransforms: [clipByGlobalNorm(0.2)],
    backend,
    seed: 3,
    stepsPerCall,
  })
  return trainer.fit(clusters(60), { epochs: 4, ...fit })
}

function expectEqual(a: Run['model'], b: Run['model'], tolerance: number): void {
  for (const [name, { data }] of Object.entries(a.parameters))
    data.forEach((x, i) => {
      expect(Math.abs(Number(x) - Number(b.parameters[name]?.data[i]))).toBeLessThanOrEqual(tolerance)
    })
}

describe.each([
  ['reference', reference],
  ['ort', () => ort({ threads: 1 })],
] as const)('on %s', (_, backend) => {
  it.each(Object.keys(optimizers) as (keyof typeof optimizers)[])(
    'three batches of 8 are one of 24, also at the end of an epoch: %s',
    async (optimizer) => {
      // 24 + 24 + 12 samples, and 3 · 8 + 3 · 8 + (8 + 4).
      const whole = await fit(backend(), optimizer, { batchSize: 24 })
      const parts = await fit(backend(), optimizer, { batchSize: 8, accumulate: 3 })
      expect([whole.steps, parts.steps]).toEqual([12, 32])
      expectEqual(parts.model, whole.model, 2e-6)
      const other = await fit(backend(), optimizer, { batchSize: 8 })
      expect(() => expectEqual(other.model, whole.model, 1e-3)).toThrow()
    },
  )
})

describe('accumulation', () => {
  it('does not depend on how steps are grouped into calls', async () => {
    const run = (stepsPerCall: number) =>
      fit(reference(), 'plain momentum', { batchSize: 8, accumulate: 3, epochs: 2 }, stepsPerCall)
    const [one, many] = [await run(1), await run(5)]
    expect(many.snapshot).toEqual(one.snapshot)
  })

  it('continues from a checkpoint in the middle of an update', async () => {
    let saved: Uint8Array | undefined
    const run = (more: Partial<FitOptions>, save: boolean) => {
      const callback: Callback = {
        kind: 'callback',
        name: 'save',
        options: {},
        // Step 5 is the second of the three batches of an update.
        onSteps: (view) =>
          save && view.step === 5
            ? {
                save(bytes) {
                  saved = bytes
                },
              }
            : undefined,
      }
      const trainer = new Trainer({
        model: dense(3),
        loss: softmaxCrossEntropy(),
        optimizer: momentum(0.1),
        callbacks: [callback],
        backend: reference(),
        stepsPerCall: 1,
      })
      return trainer.fit(clusters(60), { epochs: 1, batchSize: 8, accumulate: 3, ...more })
    }
    const whole = await run({}, false)
    await run({}, true)
    const resumed = await run({ resume: saved as Uint8Array }, false)
    expect([resumed.steps, resumed.snapshot]).toEqual([8, whole.snapshot])
    await expect(run({ resume: saved as Uint8Array, accumulate: 2 }, false)).rejects.toThrow('optimizer')
  })

  it('of one batch is none', async () => {
    const [plain, one] = await Promise.all([
      fit(reference(), 'plain momentum', { batchSize: 24 }),
      fit(reference(), 'plain momentum', { batchSize: 24, accumulate: 1 }),
    ])
    expect(one.snapshot).toEqual(plain.snapshot)
  })

  it('weighs batches by what their samples count', async () => {
    const run = (batchSize: number, accumulate: number) =>
      new Trainer({
        model: dense(3),
        loss: softmaxCrossEntropy({ classWeights: [1, 5, 25] }),
        optimizer: momentum(0.1),
        regularizers: [l2(0.1)],
        backend: reference(),
      }).fit(clusters(60), { epochs: 2, batchSize, accumulate })
    expectEqual((await run(5, 4)).model, (await run(20, 1)).model, 2e-6)
  })

  it('leaves parameters and slots alone between updates', async () => {
    const seen: string[] = []
    const trainer = new Trainer({
      model: dense(3),
      loss: softmaxCrossEntropy(),
      optimizer: momentum(0.1),
      backend: reference(),
      stepsPerCall: 1,
      callbacks: [
        {
          kind: 'callback',
          name: 'watch',
          options: {},
          onSteps(run) {
            const { parameters, slots } = run.snapshot()
            seen.push(JSON.stringify([parameters['kernel'], slots['kernel/velocity']]))
          },
        },
      ],
    })
    await trainer.fit(clusters(60), { epochs: 1, batchSize: 10, accumulate: 4 })
    const changes = seen.map((now, i) => i > 0 && now !== seen[i - 1])
    expect(changes).toEqual([false, false, false, true, false, true])
  })

  it('counts updates', () => {
    const { updates, kept, last } = accumulation(2, 3) as Accumulation
    const at = (number: Hyperparameter) => [0, 1, 2, 3, 4, 5].map((step) => valueAt(number, step, 6))
    expect([0, 1, 2, 3, 4, 5, 6].map(updates)).toEqual([0, 0, 1, 2, 2, 3, 4])
    expect(at(kept)).toEqual([0, 1, 0, 0, 1, 0])
    expect(at(last)).toEqual([0, 1, 1, 0, 1, 1])
    expect(accumulation(1, 3)).toBeUndefined()
  })
})
