// What an update consists of: which parameters a rule reaches, what is differentiated and what is mapped, and in which order.

import {
  add,
  type Constraint,
  type GradientTransform,
  minimum,
  mul,
  type Regularizer,
  reference,
  sub,
  sum,
  type TrainedModel,
} from '@gradwerk/core'
import { ones } from '@gradwerk/initializers'
import { dense, sequential } from '@gradwerk/layers'
import { meanSquaredError, softmaxCrossEntropy } from '@gradwerk/losses'
import { adamW, ema, sgd } from '@gradwerk/optimizers'
import { l1, l2 } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { type ParameterMatcher, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

const data = clusters(60)
const numbers = ({ parameters }: TrainedModel, name: string) => Array.from(parameters[name]?.data ?? [], Number)

async function trained(where: ParameterMatcher | undefined, regularizer: Regularizer) {
  const rule = where === undefined ? regularizer : { regularizer, where }
  const trainer = new Trainer({
    model: sequential([dense(4, { biasInitializer: ones() }), dense(3, { biasInitializer: ones() })]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd(0.1),
    regularizers: [rule],
    backend: reference(),
  })
  const { model } = await trainer.fit(data, { epochs: 3, batchSize: 20 })
  const zero = (name: string) => numbers(model, name).every((x) => x === 0)
  return Object.keys(model.parameters).filter(zero)
}

describe('rules', () => {
  const crushing = l1(100)
  it.each<[string, ParameterMatcher | undefined, string[]]>([
    ['kernels by default', undefined, ['dense.kernel', 'dense_1.kernel']],
    ['a role', { role: 'bias' }, ['dense.bias', 'dense_1.bias']],
    ['roles and a name', { role: ['bias', 'kernel'], name: 'dense_1.bias' }, ['dense_1.bias']],
    ['a pattern', { name: /^dense\./ }, ['dense.kernel', 'dense.bias']],
    ['a pattern with state', { name: /kernel/g }, ['dense.kernel', 'dense_1.kernel']],
    ['any test', ({ shape }) => shape.length === 2 && shape[1] === 3, ['dense_1.kernel']],
  ])('reach %s', async (_, where, expected) => {
    expect(await trained(where, crushing)).toEqual(expected)
  })

  it('shrink without zeros where the penalty is L2', async () => {
    expect(await trained(undefined, l2(1))).toEqual([])
  })
})

describe('one update of one weight', () => {
  // y = w x with x = 1, target 0, loss (w − 0)²: the gradient is 2 w.
  const one = (value: number) => ({ dtype: 'float32' as const, shape: [1, 1], data: Float32Array.of(value) })
  const single = { name: 'one', real: false, inputs: one(1), targets: one(0), indices: Int32Array.of(0), inputScale: 1 }
  const plugin = <K extends string>(kind: K, name: string) => ({ kind, name, options: {} })

  it('goes from gradients through transforms, optimizer and proximal map to the constraint', async () => {
    const smooth: Regularizer = { ...plugin('regularizer', 'smooth'), penalty: (w) => mul(sum(w), 3) }
    const mapped: Regularizer = {
      ...plugin('regularizer', 'mapped'),
      penalty: (w) => mul(sum(w), 1000),
      proximal: (w, stepSize) => sub(w, mul(stepSize, 10)),
    }
    const transform: GradientTransform = {
      ...plugin('gradientTransform', 'doubled'),
      transform: (gradients) => new Map([...gradients].map(([name, gradient]) => [name, add(gradient, gradient)])),
    }
    const constraint: Constraint = { ...plugin('constraint', 'limit'), project: (w) => minimum(w, limit) }
    let limit = 100
    const run = async () => {
      const trainer = new Trainer({
        model: dense(1, { initializer: ones(), useBias: false, regularizer: smooth, constraint }),
        loss: meanSquaredError(),
        optimizer: sgd(0.01),
        regularizers: [mapped],
        gradientTransforms: [transform],
        backend: reference(),
      })
      const { model, history } = await trainer.fit(single, { epochs: 1, batchSize: 1 })
      return { weight: numbers(model, 'kernel')[0], objective: history[0]?.objective, loss: history[0]?.loss }
    }
    // gradient 2·1 + 3 = 5, doubled 10, step 0.01: 1 − 0.1 = 0.9, proximal map − 0.01·10: 0.8
    const free = await run()
    expect(free.weight).toBeCloseTo(0.8, 6)
    expect(free.loss).toBeCloseTo(1, 6)
    expect(free.objective).toBeCloseTo(1 + 3 + 1000, 3)
    limit = 0.5
    expect((await run()).weight).toBe(0.5)
  })

  it('decays before the proximal map, and averages after the constraint', async () => {
    const smooth: Regularizer = { ...plugin('regularizer', 'smooth'), penalty: (w) => mul(sum(w), 3) }
    const mapped: Regularizer = {
      ...plugin('regularizer', 'mapped'),
      penalty: (w) => sum(w),
      proximal: (w, stepSize) => sub(w, mul(stepSize, 10)),
    }
    const doubled: GradientTransform = {
      ...plugin('gradientTransform', 'doubled'),
      transform: (gradients) => new Map([...gradients].map(([name, gradient]) => [name, add(gradient, gradient)])),
    }
    const constraint: Constraint = { ...plugin('constraint', 'limit'), project: (w) => minimum(w, 0.7) }
    const trainer = new Trainer({
      model: dense(1, { initializer: ones(), useBias: false, regularizer: smooth, constraint }),
      loss: meanSquaredError(),
      // Without memory Adam steps by the learning rate, and its effective step size is learning rate / |gradient|.
      optimizer: ema({
        optimizer: adamW({ learningRate: 0.1, weightDecay: 0.5, beta1: 0, beta2: 0, epsilon: 1e-12 }),
        decay: 0.5,
      }),
      regularizers: [mapped],
      gradientTransforms: [doubled],
      backend: reference(),
    })
    const { snapshot, model } = await trainer.fit(single, { epochs: 2, batchSize: 1 })
    // Step 1: gradient 2·1 + 3 = 5, doubled 10. Decay 1 − 0.05 = 0.95, step 0.85, proximal map − 10·0.1/10: 0.75, constraint: 0.7.
    const first = 0.7
    // Step 2: gradient 2·0.7 + 3 = 4.4, doubled 8.8. Decay 0.665, step 0.565, proximal map − 10·0.1/8.8; the constraint holds.
    const second = 0.565 - 1 / 8.8
    expect(Number(snapshot.parameters['kernel']?.data[0])).toBeCloseTo(second, 6)
    expect(numbers(model, 'kernel')[0]).toBeCloseTo((second + 0.5 * first) / 1.5, 6)
  })
})
