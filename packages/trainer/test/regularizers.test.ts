// Regularizers that need more of a step than a parameter, in whole runs, on both backends.

import { ort } from '@gradwerk/backend-ort'
import {
  type Backend,
  type Layer,
  numbers,
  type Optimizer,
  type Regularizer,
  reference,
  type Value,
} from '@gradwerk/core'
import { conv2d, dense, flatten, maxPool2d, relu, reshape, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adam, sgd } from '@gradwerk/optimizers'
import {
  activityPenalty,
  confidencePenalty,
  dropConnect,
  gradientPenalty,
  groupLasso,
  jacobianPenalty,
  orthogonality,
} from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { type Run, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

const data = clusters(60)
const perceptron = sequential([dense(8), relu(), dense(3)])
const network = sequential([
  reshape([1, 4, 4]),
  conv2d(3, { size: 3, padding: 'same' }),
  relu(),
  maxPool2d(2),
  flatten(),
  dense(3),
])

interface Setup {
  readonly model?: Layer
  readonly regularizers?: readonly Regularizer[]
  readonly optimizer?: Optimizer
  readonly backend?: Backend
  readonly epochs?: number
}

function fit({
  model = perceptron,
  regularizers = [],
  optimizer = sgd(0.1),
  backend = reference(),
  epochs = 3,
}: Setup): Promise<Run> {
  const trainer = new Trainer({ model, loss: softmaxCrossEntropy(), optimizer, regularizers, backend, seed: 1 })
  return trainer.fit(model === network ? clusters(60, 1, 16) : data, { epochs, batchSize: 20 })
}

const all = (run: Run, name: string) => Array.from(numbers(run.snapshot.parameters[name] as Value))

describe.each<[string, (strength: number) => Regularizer]>([
  ['gradientPenalty', gradientPenalty],
  ['jacobianPenalty', jacobianPenalty],
  ['confidencePenalty', (strength) => confidencePenalty({ strength, threshold: 1 })],
  ['activityPenalty', (strength) => activityPenalty({ layers: '*relu', l1: strength })],
])('%s', (_, make) => {
  it('makes small what it penalizes', async () => {
    // The objective holds the penalty times its strength.
    const penaltyAfter = async (strength: number) => {
      const { objective = 0, loss = 0 } =
        (await fit({ regularizers: [make(strength)], epochs: 8 })).history.at(-1) ?? {}
      return (objective - loss) / strength
    }
    expect(await penaltyAfter(1)).toBeLessThan(0.9 * (await penaltyAfter(1e-3)))
  })

  it('is the same on ONNX Runtime, through convolution and pooling', async () => {
    const setup = { model: network, regularizers: [make(0.1)] }
    const [a, b] = [await fit(setup), await fit({ ...setup, backend: ort({ threads: 1 }) })]
    for (const [i, { objective }] of a.history.entries()) expect(b.history[i]?.objective).toBeCloseTo(objective, 4)
    all(a, 'conv2d.kernel').forEach((w, i) => void expect(all(b, 'conv2d.kernel')[i]).toBeCloseTo(w, 4))
  })
})

describe('group lasso', () => {
  it.each([sgd(0.1), adam(0.01)])(
    'sets whole units to exact zeros with $name, and no single weights',
    async (optimizer) => {
      const run = await fit({ regularizers: [groupLasso({ strength: 0.02, groups: 'inputs' })], optimizer, epochs: 40 })
      const kernel = all(run, 'dense_1.kernel')
      const zeros = Array.from({ length: 8 }, (_, i) => kernel.slice(3 * i, 3 * i + 3).filter((w) => w === 0).length)
      expect(zeros.every((count) => count === 0 || count === 3)).toBe(true)
      expect(zeros).toContain(3)
      expect(zeros).toContain(0)
    },
  )

  it('sets whole filters to zero', async () => {
    const model = sequential([
      reshape([1, 4, 4]),
      conv2d(6, { size: 3, regularizer: groupLasso(0.06) }),
      relu(),
      flatten(),
      dense(3),
    ])
    const trainer = new Trainer({
      model,
      loss: softmaxCrossEntropy(),
      optimizer: adam(0.01),
      backend: reference(),
      seed: 1,
    })
    const run = await trainer.fit(clusters(60, 1, 16), { epochs: 60, batchSize: 20 })
    const kernel = all(run, 'conv2d.kernel')
    const zeros = Array.from({ length: 6 }, (_, o) => kernel.slice(9 * o, 9 * o + 9).filter((w) => w === 0).length)
    expect(zeros.every((count) => count === 0 || count === 9)).toBe(true)
    expect(zeros).toContain(9)
    expect(zeros).toContain(0)
  })
})

it('the orthogonality penalty makes the units of a kernel orthonormal', async () => {
  const model = sequential([dense(4, { regularizer: orthogonality(1) }), relu(), dense(3)])
  const kernel = all(await fit({ model, optimizer: sgd(0.02), epochs: 60 }), 'dense.kernel') // [6, 4]
  for (let a = 0; a < 4; a++)
    for (let b = 0; b < 4; b++) {
      const product = [0, 1, 2, 3, 4, 5].reduce(
        (total, i) => total + (kernel[4 * i + a] ?? 0) * (kernel[4 * i + b] ?? 0),
        0,
      )
      expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(0.15)
    }
})

it('dropConnect trains the weight behind its masks, and evaluates with it', async () => {
  const model = sequential([dense(16, { parametrization: dropConnect(0.3) }), relu(), dense(3)])
  const trainer = new Trainer({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: adam(0.02),
    backend: reference(),
    seed: 1,
  })
  const run = await trainer.fit(data, { epochs: 20, batchSize: 20 })
  expect(Object.keys(run.snapshot.parameters)).toContain('dense.kernel.raw')
  expect((await trainer.evaluate(data))['loss']).toBeLessThan(run.history.at(-1)?.loss as number)
  expect((await trainer.evaluate(data))['loss']).toBeLessThan(0.3)
})
