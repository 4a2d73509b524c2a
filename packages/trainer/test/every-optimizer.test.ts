// Exact zeros of L1 and constraints after every step, whatever the optimizer, on both backends.

import { ort } from '@gradwerk/backend-ort'
import {
  type Backend,
  type Callback,
  type Constraint,
  type Dataset,
  div,
  maximum,
  minimum,
  type Optimizer,
  reference,
  sqrt,
  square,
  sum,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { normal } from '@gradwerk/initializers'
import { dense, sequential, tanh } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import * as optimizers from '@gradwerk/optimizers'
import { l1 } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { type Run, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

const { adam, ema, lookahead, momentum, parameterGroups, sgd, swa } = optimizers

/** Every optimizer, and whether it has an effective step size for proximal maps. */
const table: Readonly<Record<string, readonly [make: () => Optimizer, proximal: boolean]>> = {
  sgd: [() => sgd(0.2), true],
  momentum: [() => momentum({ learningRate: 0.05, momentum: 0.8 }), true],
  nesterov: [() => optimizers.nesterov({ learningRate: 0.05, momentum: 0.8 }), true],
  adagrad: [() => optimizers.adagrad(0.1), true],
  adadelta: [() => optimizers.adadelta({ learningRate: 5, epsilon: 1e-4 }), true],
  rmsprop: [() => optimizers.rmsprop(0.01), true],
  adam: [() => adam(0.02), true],
  adamW: [() => optimizers.adamW(0.02), true],
  amsGrad: [() => optimizers.amsGrad(0.02), true],
  amsGradW: [() => optimizers.amsGradW(0.02), true],
  adamax: [() => optimizers.adamax(0.02), true],
  nadam: [() => optimizers.nadam(0.02), true],
  radam: [() => optimizers.radam(0.02), true],
  lamb: [() => optimizers.lamb(0.1), true],
  ema: [() => ema({ optimizer: adam(0.02), decay: 0.9 }), true],
  swa: [() => swa({ optimizer: sgd(0.2), start: 0.5 }), true],
  lookahead: [() => lookahead({ optimizer: adam(0.05), steps: 3 }), true],
  parameterGroups: [
    () => parameterGroups({ optimizer: adam(0.02), groups: [{ roles: ['bias'], optimizer: sgd(0) }] }),
    true,
  ],
  rprop: [() => optimizers.rprop(0.01), false],
  lion: [() => optimizers.lion(0.01), false],
  scheduleFreeAdamW: [() => optimizers.scheduleFreeAdamW(0.05), false],
}

const limit = Math.fround(0.2)
const plugin = (name: string) => ({ kind: 'constraint', name, options: {} }) as const
const box: Constraint = { ...plugin('box'), project: (w) => maximum(minimum(w, limit), -limit) }
/** Columns of length 1: a set that no average stays in. */
const sphere: Constraint = {
  ...plugin('sphere'),
  project: (w) => div(w, sqrt(sum(square(w), { axes: [0], keepDims: true }))),
}

/** Six features that matter, and three that are always 0. */
function withDeadFeatures(): Dataset {
  const data = clusters(48)
  const rows = Array.from({ length: 48 }, (_, i) => [
    ...Array.from(data.inputs.data, Number).slice(6 * i, 6 * i + 6),
    0,
    0,
    0,
  ])
  return { ...data, inputs: valueOf('float32', [48, 9], rows.flat()) }
}

const data = withDeadFeatures()
const numbersOf = (value: Value | undefined) => Array.from(value?.data ?? [], Number)

interface Fit {
  readonly run: Run
  /** Both kernels after every step. */
  readonly kernels: readonly (readonly [number[], number[]])[]
}

async function fit(backend: Backend, optimizer: Optimizer, constraint: Constraint, strength: number): Promise<Fit> {
  const kernels: [number[], number[]][] = []
  const watch: Callback = {
    kind: 'callback',
    name: 'watch',
    options: {},
    onSteps(run) {
      const { parameters } = run.snapshot()
      kernels.push([numbersOf(parameters['dense.kernel']), numbersOf(parameters['dense_1.kernel'])])
    },
  }
  const trainer = new Trainer({
    model: sequential([
      dense(5, { initializer: normal({ standardDeviation: 0.05 }) }),
      tanh(),
      dense(3, { initializer: normal({ standardDeviation: 0.3 }), constraint }),
    ]),
    loss: softmaxCrossEntropy(),
    optimizer,
    regularizers: strength === 0 ? [] : [{ regularizer: l1(strength), where: { name: 'dense.kernel' } }],
    callbacks: [watch],
    backend,
    stepsPerCall: 1,
    seed: 5,
  })
  const run = await trainer.fit(data, { epochs: 20, batchSize: 16 })
  return { run, kernels }
}

const backends = [
  ['reference', reference],
  ['ort', () => ort({ threads: 1 })],
] as const

/** Rows of the three dead features in a kernel [9, 5]. */
const dead = (kernel: readonly number[]) => kernel.slice(30)

describe.each(backends)('on %s', (_, backend) => {
  const proximal = Object.entries(table).filter(([, [, has]]) => has)

  it.each(proximal)('L1 gives exact zeros that stay, and a box holds after every step: %s', async (_, [make]) => {
    const { kernels, run } = await fit(backend(), make(), box, 0.02)
    expect(kernels).toHaveLength(60)
    for (const [, second] of kernels) for (const x of second) expect(Math.abs(x)).toBeLessThanOrEqual(limit)
    // A weight without gradient goes to 0 and never leaves it.
    for (const [step, [first]] of kernels.entries()) {
      const before = dead(kernels[step - 1]?.[0] ?? first)
      dead(first).forEach((x, i) => {
        if (before[i] === 0) expect(x).toBe(0)
        else expect(Math.abs(x)).toBeLessThan(step === 0 ? 1 : Math.abs(before[i] as number))
      })
    }
    const last = kernels.at(-1)?.[0] as number[]
    expect(dead(last).every((x) => x === 0)).toBe(true)
    expect(last.slice(0, 30).some((x) => x !== 0)).toBe(true)
    // What is evaluated lies in the box as well.
    for (const x of numbersOf(run.model.parameters['dense_1.kernel'])) expect(Math.abs(x)).toBeLessThanOrEqual(limit)
    expect(run.history.at(-1)?.loss).toBeLessThan(run.history[0]?.loss as number)
  })

  it.each(Object.entries(table))(
    'columns have length 1 after every step, evaluated ones too: %s',
    async (_, [make]) => {
      const { kernels, run } = await fit(backend(), make(), sphere, 0)
      const evaluated = numbersOf(run.model.parameters['dense_1.kernel'])
      for (const kernel of [...kernels.map(([, second]) => second), evaluated])
        for (const column of [0, 1, 2]) {
          const length = Math.hypot(...kernel.filter((_, i) => i % 3 === column))
          expect(Math.abs(length - 1)).toBeLessThan(1e-6)
        }
      expect(run.history.at(-1)?.loss).toBeLessThan(run.history[0]?.loss as number)
    },
  )
})

it.each(Object.entries(table).filter(([, [, has]]) => !has))(
  '%s refuses a proximal map, and takes a subgradient',
  async (name, [make]) => {
    await expect(fit(reference(), make(), box, 0.02)).rejects.toThrow(
      `regularizer l1: the optimizer ${name} has no effective step size for a proximal map`,
    )
  },
)

it('the table misses no optimizer', () => {
  const wrappers = ['ema', 'swa', 'lookahead', 'parameterGroups']
  const all = Object.entries(optimizers).flatMap(([name, factory]) => {
    if (wrappers.includes(name)) return [name]
    try {
      return (factory as () => { kind?: string })().kind === 'optimizer' ? [name] : []
    } catch {
      return []
    }
  })
  expect(Object.keys(table).toSorted()).toEqual(all.toSorted())
})
