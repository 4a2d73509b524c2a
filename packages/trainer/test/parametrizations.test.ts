// Weight and spectral normalization through whole trainings, looked at after every step.

import { ort } from '@gradwerk/backend-ort'
import {
  type Backend,
  type Callback,
  constant,
  constantHyperparameters,
  evaluate,
  input,
  type Layer,
  numbers,
  type Optimizer,
  type Parametrization,
  reference,
  type Snapshot,
  traceModel,
  type Value,
} from '@gradwerk/core'
import { lsuv } from '@gradwerk/initializers'
import { conv2d, dense, flatten, relu, reshape, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { spectralNorm, weightNorm } from '@gradwerk/normalization'
import { adam, adamW, sgd } from '@gradwerk/optimizers'
import { l1, l2 } from '@gradwerk/regularizers'
import { outputRows, singularValues } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'

const data = clusters(60) // [60, 6], 3 classes

function network(parametrization?: Parametrization): Layer {
  const weighted = parametrization === undefined ? {} : { parametrization }
  return sequential([
    reshape([1, 2, 3]),
    conv2d(4, { size: 2, ...weighted }),
    relu(),
    flatten(),
    dense(5, weighted),
    relu(),
    dense(3),
  ])
}

const outputAxes: Readonly<Record<string, readonly number[]>> = { 'conv2d.kernel': [0], 'dense.kernel': [1] }

/** The weights as evaluation, or the next training step, computes with them. */
function effectiveWeights(model: Layer, { parameters, state }: Snapshot, batchStatistics = false): Map<string, Value> {
  const trace = traceModel(model, input('x', [1, 6]), { hyperparameters: constantHyperparameters(), batchStatistics })
  const names = Object.keys(outputAxes)
  const values = evaluate(
    names.map((name) => trace.effective.get(name)?.tensor as NonNullable<typeof trace.output>),
    { ...parameters, ...state },
  )
  return new Map(names.map((name, i) => [name, values[i] as Value]))
}

/** Keeps the snapshot after every step. */
function recorder(): Callback & { readonly snapshots: Snapshot[] } {
  const snapshots: Snapshot[] = []
  const record: Callback['onSteps'] = (run) => void snapshots.push(run.snapshot())
  return {
    kind: 'callback',
    name: 'recorder',
    options: {},
    snapshots,
    onRunStart: (run) => void snapshots.push(run.snapshot()),
    onSteps: record,
  }
}

async function train(model: Layer, options: Partial<TrainerOptions>, epochs = 3) {
  const record = recorder()
  const trainer = new Trainer({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: sgd(0.1),
    backend: reference(),
    seed: 3,
    stepsPerCall: 1,
    callbacks: [record],
    ...options,
  })
  const run = await trainer.fit(data, { epochs, batchSize: 20 })
  return { trainer, run, snapshots: record.snapshots }
}

const backends: readonly (readonly [string, () => Backend])[] = [
  ['reference', reference],
  ['ort', () => ort({ threads: 1 })],
]
const optimizers: readonly (readonly [string, () => Optimizer])[] = [
  ['sgd', () => sgd(0.05)],
  ['sgd with momentum', () => sgd({ learningRate: 0.01, momentum: 0.9 })],
  ['adam', () => adam(0.005)],
  ['adamW', () => adamW({ learningRate: 0.005, weightDecay: 0.1 })],
]

describe.each(backends)('on %s', (_, backend) => {
  describe.each(optimizers)('with %s', (_name, optimizer) => {
    test('weight normalization: ‖w‖ = |g| for every unit, after every step', async () => {
      const model = network(weightNorm())
      const { run, snapshots } = await train(model, { backend: backend(), optimizer: optimizer() })
      expect(snapshots).toHaveLength(10)
      for (const snapshot of snapshots)
        for (const [name, weight] of effectiveWeights(model, snapshot)) {
          const lengths = numbers(snapshot.parameters[`${name}.length`] as Value)
          for (const [unit, row] of outputRows(weight, outputAxes[name] as number[]).entries())
            expect(Math.hypot(...row) / Math.abs(lengths[unit] as number)).toBeCloseTo(1, 6)
        }
      expect(run.history.at(-1)?.loss).toBeLessThan(run.history[0]?.loss as number)
    })

    test('spectral normalization: the largest singular value is 1 after every step, to half a percent', async () => {
      const model = network(spectralNorm())
      const { snapshots } = await train(model, { backend: backend(), optimizer: optimizer() }, 10)
      expect(snapshots).toHaveLength(31)
      for (const snapshot of snapshots)
        for (const [name, weight] of effectiveWeights(model, snapshot)) {
          const largest = singularValues(outputRows(weight, outputAxes[name] as number[]))[0] as number
          expect(largest).toBeGreaterThan(1 - 1e-5)
          expect(largest).toBeLessThan(1.005)
        }
    })
  })
})

describe('weight normalization', () => {
  test('starts at the numbers of the plain model, which the same seed draws', async () => {
    const [plain, normalized] = [network(), network(weightNorm())]
    const [a, b] = await Promise.all([train(plain, {}, 1), train(normalized, {}, 1)])
    const wanted = effectiveWeights(plain, a.snapshots[0] as Snapshot)
    for (const [name, weight] of effectiveWeights(normalized, b.snapshots[0] as Snapshot)) {
      const expected = numbers(wanted.get(name) as Value)
      for (const [i, w] of numbers(weight).entries()) expect(w).toBeCloseTo(expected[i] as number, 6)
    }
  })

  test('initializers that look at data calibrate lengths through directions', async () => {
    const model = sequential([dense(30, { initializer: lsuv(), parametrization: weightNorm() }), relu(), dense(3)])
    const { snapshots } = await train(model, {}, 1)
    const [first] = snapshots as [Snapshot]
    const trace = traceModel(model, constant(data.inputs))
    const [y] = evaluate([trace.activations.get('dense') as typeof trace.output], {
      ...first.parameters,
      ...first.state,
    })
    const outputs = Array.from(numbers(y as Value))
    const mean = outputs.reduce((a, b) => a + b, 0) / outputs.length
    const variance = outputs.reduce((total, z) => total + (z - mean) ** 2, 0) / outputs.length
    expect(Math.abs(variance - 1)).toBeLessThan(0.1)
  })

  test('a gradient is orthogonal to its direction, which therefore never gets shorter', async () => {
    const { snapshots } = await train(network(weightNorm()), { optimizer: sgd(0.3) }, 4)
    for (const [i, next] of snapshots.slice(1).entries())
      for (const [name, axes] of Object.entries(outputAxes)) {
        const [from, to] = [snapshots[i], next].map((snapshot) =>
          outputRows(snapshot?.parameters[`${name}.direction`] as Value, axes),
        ) as [number[][], number[][]]
        for (const [unit, v] of from.entries()) {
          const change = v.map((x, k) => (to[unit]?.[k] as number) - x)
          const along = v.reduce((total, x, k) => total + x * (change[k] as number), 0)
          expect(Math.abs(along)).toBeLessThanOrEqual(2e-6 * Math.hypot(...v) * Math.max(1, Math.hypot(...change)))
          expect(Math.hypot(...(to[unit] as number[]))).toBeGreaterThanOrEqual(Math.hypot(...v) * (1 - 1e-6))
        }
      }
  })
})

describe('regularizers', () => {
  test('see the effective weight', async () => {
    const regularizers = [{ regularizer: l2(0.1), where: { name: 'conv2d.kernel' } }]
    for (const parametrization of [weightNorm(), spectralNorm()]) {
      const model = network(parametrization)
      const record = recorder()
      const differences: number[] = []
      const compare: Callback['onSteps'] = (_, { objectives, losses }) =>
        void differences.push((objectives[0] as number) - (losses[0] as number))
      const watch: Callback = { kind: 'callback', name: 'watch', options: {}, onSteps: compare }
      await train(model, { regularizers, callbacks: [record, watch] }, 1)
      for (const [step, difference] of differences.entries()) {
        const weight = effectiveWeights(model, record.snapshots[step] as Snapshot, true).get('conv2d.kernel') as Value
        const squares = Array.from(numbers(weight), (w: number) => w * w)
        expect(difference / (0.05 * squares.reduce((total, square) => total + square, 0))).toBeCloseTo(1, 4)
      }
      expect(differences).toHaveLength(3)
    }
  })

  test('a penalty of the norm changes lengths and leaves directions', async () => {
    const model = network(weightNorm())
    const weak = { optimizer: sgd(1), regularizers: [{ regularizer: l2(0), where: { name: 'conv2d.kernel' } }] }
    const [without, penalized] = await Promise.all(
      [weak, { ...weak, regularizers: [{ regularizer: l2(0.05), where: { name: 'conv2d.kernel' } }] }].map((options) =>
        train(model, options, 1).then(({ snapshots }) => snapshots[1] as Snapshot),
      ),
    )
    const of = (snapshot: Snapshot | undefined, part: string) =>
      Array.from(numbers(snapshot?.parameters[`conv2d.kernel.${part}`] as Value))
    for (const [i, v] of of(penalized, 'direction').entries())
      expect(v).toBeCloseTo(of(without, 'direction')[i] as number, 6)
    for (const [i, g] of of(penalized, 'length').entries()) expect(g).toBeLessThan(of(without, 'length')[i] as number)
  })

  test('a proximal map through a parametrization is refused', async () => {
    await expect(train(network(weightNorm()), { regularizers: [l1(1e-3)] })).rejects.toThrow(
      "no proximal map through the parametrization of 'conv2d.kernel'",
    )
  })
})
