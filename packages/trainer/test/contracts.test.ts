// The contracts, tried on plugins that a third party would find hard to fit into a simpler interface.

import {
  constant,
  evaluate,
  input,
  type Layer,
  type ParameterSpec,
  reference,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { cosine, sgd } from '@gradwerk/optimizers'
import { dropout } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'
import { activityPenalty, f1, gradientPenalty, lsuv, mixup, scheduleFree, spectralNorm } from './third-party.ts'

const model = sequential([dense(8), relu(), dense(3)])
const plain: TrainerOptions = { model, loss: softmaxCrossEntropy(), optimizer: sgd(0.1), backend: reference(), seed: 1 }
const data = clusters(60)
const train = async (options: Partial<TrainerOptions>, epochs = 4) => {
  const trainer = new Trainer({ ...plain, ...options })
  return { trainer, run: await trainer.fit(data, { epochs, batchSize: 20 }) }
}
const numbersOf = (value: Value | undefined) => Array.from(value?.data ?? [], Number)

/** The largest singular value of a matrix [rows, columns], by many power iterations. */
function largestSingularValue({ data, shape: [rows = 0, columns = 0] }: Value): number {
  const at = (i: number, j: number) => Number(data[i * columns + j])
  let v = Array.from({ length: columns }, (_, j) => 1 + j / 10)
  let norm = 0
  for (let n = 0; n < 500; n++) {
    const u = Array.from({ length: rows }, (_, i) => v.reduce((total, x, j) => total + at(i, j) * x, 0))
    const w = Array.from({ length: columns }, (_, j) => u.reduce((total, x, i) => total + at(i, j) * x, 0))
    norm = Math.hypot(...w)
    v = w.map((x) => x / norm)
  }
  return Math.sqrt(norm)
}

describe('contracts', () => {
  it('parametrization with state: spectral norm', async () => {
    const spec: Omit<ParameterSpec, 'initializer'> = {
      shape: [6, 3],
      role: 'kernel',
      inputAxes: [0],
      outputAxes: [1],
      parametrization: spectralNorm,
    }
    const layer: Layer = {
      kind: 'layer',
      name: 'bounded',
      options: {},
      apply: (x, context) =>
        dense({ units: 3 }).apply(x, {
          ...context,
          parameter: (name, declared) =>
            context.parameter(name, name === 'kernel' ? { ...declared, ...spec } : declared),
        }),
    }
    // One power iteration a step follows the kernel exactly only once the kernel has come to rest.
    const { run } = await train({ model: layer, optimizer: sgd({ learningRate: cosine(0.1) }) }, 100)
    expect(Object.keys(run.model.parameters)).toEqual(['kernel.raw', 'bias'])
    const trace = traceModel(layer, input('x', [1, 6]))
    const effective = trace.effective.get('kernel')?.tensor
    const [kernel] = evaluate([effective as NonNullable<typeof effective>], {
      ...run.model.parameters,
      ...run.model.state,
    })
    expect(largestSingularValue(kernel as Value)).toBeCloseTo(1, 3)
    expect(run.history.at(-1)?.loss).toBeLessThan(run.history[0]?.loss as number)
  })

  it('regularizer of the whole step, through second-order gradients: gradient penalty', async () => {
    const { run } = await train({ regularizers: [gradientPenalty] })
    const [first, last] = [run.history[0], run.history.at(-1)]
    expect(first?.objective).toBeGreaterThan(first?.loss as number)
    expect(last?.objective).toBeLessThan(first?.objective as number)
  })

  it('regularizer of activations: activity penalty', async () => {
    const { run } = await train({ regularizers: [activityPenalty('relu')] })
    expect(run.history[0]?.objective).toBeGreaterThan(run.history[0]?.loss as number)
  })

  it('optimizer that evaluates elsewhere than it trains: schedule-free AdamW', async () => {
    const { trainer, run } = await train({ optimizer: scheduleFree }, 20)
    const trained = run.snapshot.parameters['dense.kernel']
    expect(numbersOf(run.model.parameters['dense.kernel'])).toEqual(numbersOf(run.snapshot.slots['dense.kernel/x']))
    expect(numbersOf(run.model.parameters['dense.kernel'])).not.toEqual(numbersOf(trained))
    expect((await trainer.evaluate(data))['loss']).toBeLessThan(0.5)
  })

  it('metric that streams: F1', async () => {
    const { trainer } = await train({ metrics: [f1] }, 20)
    const predictions = await trainer.predict(data.inputs)
    const rows = Array.from({ length: 60 }, (_, i) => numbersOf(predictions).slice(i * 3, i * 3 + 3))
    const said = rows.map((row) => row.indexOf(Math.max(...row)))
    const hits = said.filter((label, i) => label === 1 && i % 3 === 1).length
    const expected = (2 * hits) / (said.filter((label) => label === 1).length + 20)
    expect((await trainer.evaluate(data))['f1']).toBeCloseTo(expected, 6)
    expect(expected).toBeGreaterThan(0.5)
  })

  it('augmentation of inputs and targets: mixup', async () => {
    const [mixed, same, without] = [
      await train({ augmentations: [mixup] }),
      await train({ augmentations: [mixup] }),
      await train({}),
    ]
    expect(mixed.run.history).toEqual(same.run.history)
    expect(mixed.run.history[0]?.loss).not.toBe(without.run.history[0]?.loss)
    expect(mixed.run.history.at(-1)?.loss).toBeLessThan(mixed.run.history[0]?.loss as number)
  })

  it('random behaviour without batch statistics: Monte-Carlo dropout', () => {
    const key = (n: number) => constant(valueOf('uint32', [2], [n, 7]))
    const x = constant(
      valueOf(
        'float32',
        [1, 20],
        Array.from({ length: 20 }, () => 1),
      ),
    )
    const sample = (n: number) => {
      const trace = traceModel(dropout(0.5), x, { stochastic: true, key: key(n) })
      const feeds = [...trace.hyperparameters.all].map(([name, { value }]) => [
        name,
        valueOf('float32', [], [value as number]),
      ])
      return numbersOf(evaluate([trace.output], Object.fromEntries(feeds))[0])
    }
    expect(sample(1)).toEqual(sample(1))
    expect(sample(1)).not.toEqual(sample(2))
    expect(new Set(sample(1))).toEqual(new Set([0, 2]))
  })

  it('initializer that looks at data: LSUV', async () => {
    const layers = sequential([dense(30, { initializer: lsuv }), relu(), dense(3, { initializer: lsuv })])
    const { run } = await train({ model: layers, optimizer: sgd(0) }, 1)
    const trace = traceModel(layers, constant(data.inputs))
    const outputs = evaluate(
      ['dense', 'dense_1'].map((path) => trace.activations.get(path) as NonNullable<typeof trace.output>),
      { ...run.model.parameters },
    )
    for (const output of outputs) {
      const x = numbersOf(output)
      const mean = x.reduce((a, b) => a + b, 0) / x.length
      expect(Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length)).toBeCloseTo(1, 2)
    }
  })
})
