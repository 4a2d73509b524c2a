// Constraints for whole kinds of parameters: which they reach, and that they hold where a model is trained and where it is evaluated.

import { type Callback, numbers, OptionError, PluginError, reference, type Value, type Values } from '@gradwerk/core'
import { conv2d, dense, flatten, relu, reshape, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm, weightNorm } from '@gradwerk/normalization'
import { adam, ema, sgd } from '@gradwerk/optimizers'
import { maxNorm, nonNegative, unitNorm } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { findLearningRate, Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'

const data = clusters(60)
const plain: TrainerOptions = {
  model: sequential([dense(8), batchNorm(), relu(), dense(3)]),
  loss: softmaxCrossEntropy(),
  optimizer: sgd(0.5),
  backend: reference(),
  stepsPerCall: 1,
}
const fit = (options: Partial<TrainerOptions>) =>
  new Trainer({ ...plain, ...options }).fit(data, { epochs: 2, batchSize: 20 })

/** Norms of the columns of a kernel [in, out]. */
function columnNorms(kernel: Value | undefined): number[] {
  const [, columns = 0] = kernel?.shape ?? []
  const squares = new Array<number>(columns).fill(0)
  Array.from(numbers(kernel as Value)).forEach((x, i) => {
    squares[i % columns] = (squares[i % columns] as number) + x * x
  })
  return squares.map(Math.sqrt)
}

const largest = (values: Values, name: string) => Math.max(...columnNorms(values[name]))
const kernels = ['dense.kernel', 'dense_1.kernel'] as const

describe('a constraint of the trainer', () => {
  it('holds for all kernels after every step, and for nothing else', async () => {
    const seen: number[] = []
    const watch: Callback = {
      kind: 'callback',
      name: 'watch',
      options: {},
      onSteps: (run) => void seen.push(...kernels.map((name) => largest(run.snapshot().parameters, name))),
    }
    const { snapshot } = await fit({ constraints: [maxNorm(0.3)], callbacks: [watch] })
    expect(seen).toHaveLength(12)
    expect(Math.max(...seen)).toBeLessThanOrEqual(0.3 * (1 + 1e-6))
    expect(Math.max(...numbers(snapshot.parameters['batchNorm.scale'] as Value))).toBeGreaterThan(0.9)
    const free = await fit({})
    expect(largest(free.snapshot.parameters, 'dense.kernel')).toBeGreaterThan(0.5)
  })

  it('reaches what its rule matches; the first rule that matches decides', async () => {
    const { snapshot } = await fit({
      constraints: [{ constraint: unitNorm(), where: { name: 'dense_1.kernel' } }, maxNorm(0.3)],
    })
    expect(largest(snapshot.parameters, 'dense.kernel')).toBeLessThan(0.31)
    for (const norm of columnNorms(snapshot.parameters['dense_1.kernel'])) expect(norm).toBeCloseTo(1, 5)
  })

  it('leaves a layer the constraint that it brought', async () => {
    const model = sequential([dense(8), relu(), dense(3, { constraint: nonNegative() })])
    const { snapshot } = await fit({ model, constraints: [maxNorm(0.3)] })
    expect(largest(snapshot.parameters, 'dense.kernel')).toBeLessThan(0.31)
    expect(largest(snapshot.parameters, 'dense_1.kernel')).toBeGreaterThan(0.31)
    expect(Math.min(...numbers(snapshot.parameters['dense_1.kernel'] as Value))).toBe(0)
  })

  it('does what a constraint of every layer does', async () => {
    const model = (constraint = {}) => sequential([dense(8, constraint), relu(), dense(3, constraint)])
    const byRule = await fit({ model: model(), constraints: [maxNorm(0.5)] })
    const byLayer = await fit({ model: model({ constraint: maxNorm(0.5) }) })
    expect(byRule.snapshot).toEqual(byLayer.snapshot)
  })

  it('holds for the averages that a model is evaluated with', async () => {
    const { model } = await fit({ optimizer: ema(adam(0.05)), constraints: [unitNorm()] })
    for (const name of kernels) for (const norm of columnNorms(model.parameters[name])) expect(norm).toBeCloseTo(1, 5)
  })

  it('holds for filters of convolutions', async () => {
    const model = sequential([reshape([1, 2, 3]), conv2d(4, { size: 2 }), relu(), flatten(), dense(3)])
    const { snapshot } = await fit({ model, constraints: [{ constraint: unitNorm(), where: { name: /conv/ } }] })
    const [filters] = Object.entries(snapshot.parameters).find(([name]) => name.endsWith('conv2d.kernel')) ?? []
    const kernel = Array.from(numbers(snapshot.parameters[filters ?? ''] as Value))
    for (let o = 0; o < 4; o++) expect(Math.hypot(...kernel.slice(o * 4, o * 4 + 4))).toBeCloseTo(1, 5)
  })

  it('holds while a learning rate is looked for', async () => {
    const sweep = (constraints: TrainerOptions['constraints']) =>
      findLearningRate({ ...plain, ...(constraints && { constraints }) }, data, { steps: 12, batchSize: 20 })
    expect((await sweep([maxNorm(0.1)])).losses).not.toEqual((await sweep(undefined)).losses)
  })
})

describe('a constraint of the trainer is refused', () => {
  it('where it reaches nothing', async () => {
    await expect(fit({ constraints: [{ constraint: maxNorm(1), where: { name: 'output' } }] })).rejects.toThrow(
      'constraint maxNorm: its rule matches no parameter of the model; expected one of dense.kernel (kernel), dense.bias (bias)',
    )
  })

  it('where the kernel is an expression of other parameters', async () => {
    const model = sequential([dense(3, { parametrization: weightNorm() })])
    const run = fit({ model, constraints: [maxNorm(1)] })
    await expect(run).rejects.toThrow(PluginError)
    await expect(run).rejects.toThrow("constraint maxNorm: it cannot act through the parametrization of 'dense.kernel'")
  })

  it('where it is none', () => {
    expect(() => new Trainer({ ...plain, constraints: [relu() as never] })).toThrow(OptionError)
    expect(() => new Trainer({ ...plain, constraints: [{ constraint: maxNorm(1), when: 1 } as never] })).toThrow(
      OptionError,
    )
  })
})
