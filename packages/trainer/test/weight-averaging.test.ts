// Averaged weights: what they are averages of, and statistics of their own for them.

import {
  type Constraint,
  maximum,
  minimum,
  type Optimizer,
  type Regularizer,
  reference,
  type Values,
} from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm } from '@gradwerk/normalization'
import { cosine, lookahead, momentum, piecewise, scheduleFreeAdamW, sgd, swa } from '@gradwerk/optimizers'
import { l1 } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { recomputeStatistics, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

it('the mean of late weights gets fresh batch-norm statistics', async () => {
  const data = clusters(120)
  const backend = reference()
  const learningRate = piecewise({ parts: [cosine({ from: 0.2, to: 0.1 }), 0.1], boundaries: [0.5] })
  const trainer = new Trainer({
    model: sequential([dense(8), batchNorm(), relu(), dense(3)]),
    loss: softmaxCrossEntropy(),
    optimizer: swa({ optimizer: momentum({ learningRate }), start: 0.5, every: 4 }),
    backend,
  })
  const run = await trainer.fit(data, { epochs: 10, batchSize: 30 })
  const fresh = await recomputeStatistics(run.model, data, { backend, batchSize: 40 })
  expect(fresh.parameters).toEqual(run.model.parameters)
  // The mean of what the averaged first layer gives for the data.
  const { data: kernel } = run.model.parameters['dense.kernel'] as NonNullable<(typeof run.model.parameters)[string]>
  const inputs = Array.from(data.inputs.data, Number)
  const bias = Array.from(run.model.parameters['dense.bias']?.data ?? [], Number)
  const means = Array.from({ length: 8 }, (_, unit) => {
    const outputs = inputs.map((x, i) => x * Number(kernel[(i % 6) * 8 + unit]))
    return outputs.reduce((a, b) => a + b) / 120 + (bias[unit] ?? 0)
  })
  const mean = Object.keys(fresh.state).find((name) => /mean/i.test(name)) as string
  const difference = (of: typeof fresh) =>
    Math.max(...means.map((x, i) => Math.abs(x - Number(of.state[mean]?.data[i]))))
  expect(difference(fresh)).toBeLessThan(1e-5)
  expect(difference(run.model)).toBeGreaterThan(1e-2)
})

describe('after a proximal map and a constraint', () => {
  /** The kernel and its slots after every step, with a constraint that moves it. */
  async function followed(optimizer: Optimizer, regularizers: readonly Regularizer[]): Promise<Values[]> {
    const steps: Values[] = []
    const constraint: Constraint = {
      kind: 'constraint',
      name: 'box',
      options: {},
      project: (w) => maximum(minimum(w, 0.2), -0.2),
    }
    const trainer = new Trainer({
      model: dense(3, { constraint }),
      loss: softmaxCrossEntropy(),
      optimizer,
      regularizers,
      backend: reference(),
      stepsPerCall: 1,
      callbacks: [
        {
          kind: 'callback',
          name: 'watch',
          options: {},
          onSteps(run) {
            const { parameters, slots } = run.snapshot()
            steps.push({ ...parameters, ...slots })
          },
        },
      ],
    })
    await trainer.fit(clusters(60), { epochs: 4, batchSize: 20 })
    return steps
  }
  const numbersOf = (values: Values, name: string) => Array.from(values[name]?.data ?? [], Number)

  it('slow weights are the parameter that the step leaves', async () => {
    const steps = await followed(lookahead({ optimizer: sgd(0.3), steps: 3 }), [l1(0.02)])
    const meetings = steps.filter((_, step) => (step + 1) % 3 === 0)
    expect(meetings).toHaveLength(4)
    for (const values of meetings) expect(numbersOf(values, 'kernel/slow')).toEqual(numbersOf(values, 'kernel'))
    expect(numbersOf(steps[3] as Values, 'kernel/slow')).toEqual(numbersOf(steps[2] as Values, 'kernel'))
  })

  it('schedule-free weights stay between iterate and average', async () => {
    const steps = await followed(scheduleFreeAdamW({ learningRate: 0.1, beta1: 0.75 }), [])
    expect(steps.some((values) => numbersOf(values, 'kernel').some((x) => Math.abs(x) === Math.fround(0.2)))).toBe(true)
    for (const values of steps) {
      const [base, average] = [numbersOf(values, 'kernel/base'), numbersOf(values, 'kernel/average')]
      numbersOf(values, 'kernel').forEach((y, i) => {
        expect(0.25 * (base[i] as number) + 0.75 * (average[i] as number)).toBeCloseTo(y, 6)
      })
    }
  })
})
