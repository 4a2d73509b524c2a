// Exact zeros of L1 and constraints after every step, whatever the optimizer, on both backends.

import { ort } from '@gradwerk/backend-ort'
import {
  type Backend,
  type Callback,
  type Constraint,
  type Dataset,
  type Optimizer,
  reference,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { normal } from '@gradwerk/initializers'
import { dense, parallel, sequential, tanh } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import * as optimizers from '@gradwerk/optimizers'
import { l1, maxNorm, minMaxNorm, nonNegative, unitNorm } from '@gradwerk/regularizers'
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

interface Kept {
  readonly constraint: Constraint
  /** Whether a kernel [inputs, units], row-major, is in the set. */
  readonly holds: (kernel: readonly number[]) => boolean
}

const units = 3
/** Norms of the columns: what feeds each unit. */
function norms(kernel: readonly number[]): number[] {
  return Array.from({ length: units }, (_, unit) => Math.hypot(...kernel.filter((_, i) => i % units === unit)))
}
const rounding = 1e-6
const between = (low: number, high: number) => (kernel: readonly number[]) =>
  norms(kernel).every((norm) => norm >= low - rounding && norm <= high + rounding)

/** Every constraint, of a branch of its own. Norms of 1 are a set that no average stays in. */
const kept: readonly Kept[] = [
  { constraint: maxNorm(0.3), holds: between(0, 0.3) },
  { constraint: unitNorm(), holds: between(1, 1) },
  { constraint: minMaxNorm({ min: 0.2, max: 0.4 }), holds: between(0.2, 0.4) },
  { constraint: nonNegative(), holds: (kernel) => kernel.every((w) => w >= 0) },
]

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
  /** The numbers of all kernels after every step, by name. */
  readonly steps: readonly Readonly<Record<string, number[]>>[]
}

const first = 'dense.kernel'
const branch = (i: number) => `parallel.dense${i === 0 ? '' : `_${i}`}.kernel`

async function fit(backend: Backend, optimizer: Optimizer, strength: number): Promise<Fit> {
  const steps: Record<string, number[]>[] = []
  const watch: Callback = {
    kind: 'callback',
    name: 'watch',
    options: {},
    onSteps(run) {
      const kernels = Object.entries(run.snapshot().parameters).filter(([name]) => name.endsWith('kernel'))
      steps.push(Object.fromEntries(kernels.map(([name, value]) => [name, numbersOf(value)])))
    },
  }
  const initializer = normal({ standardDeviation: 0.3 })
  const trainer = new Trainer({
    model: sequential([
      dense(5, { initializer: normal({ standardDeviation: 0.05 }) }),
      tanh(),
      parallel({ branches: kept.map(({ constraint }) => dense(units, { initializer, constraint })), merge: 'add' }),
    ]),
    loss: softmaxCrossEntropy(),
    optimizer,
    regularizers: strength === 0 ? [] : [{ regularizer: l1(strength), where: { name: first } }],
    callbacks: [watch],
    backend,
    stepsPerCall: 1,
    seed: 5,
  })
  const run = await trainer.fit(data, { epochs: 20, batchSize: 16 })
  return { run, steps }
}

const backends = [
  ['reference', reference],
  ['ort', () => ort({ threads: 1 })],
] as const

/** Rows of the three dead features in a kernel [9, 5]. */
const dead = (kernel: readonly number[] = []) => kernel.slice(30)

/** A weight without gradient goes to 0 and never leaves it; others are trained. */
function expectExactZeros(kernels: readonly (readonly number[])[]): void {
  for (const [step, kernel] of kernels.entries()) {
    const before = dead(kernels[step - 1] ?? kernel)
    dead(kernel).forEach((w, i) => {
      if (before[i] === 0) expect(w).toBe(0)
      else expect(Math.abs(w)).toBeLessThan(step === 0 ? 1 : Math.abs(before[i] as number))
    })
  }
  const last = kernels.at(-1) ?? []
  expect(dead(last).every((w) => w === 0)).toBe(true)
  expect(last.slice(0, 30).some((w) => w !== 0)).toBe(true)
}

describe.each(backends)('every constraint and the exact zeros of L1 hold after every step, on %s', (_, backend) => {
  it.each(Object.entries(table))('%s', async (_, [make, proximal]) => {
    const { steps, run } = await fit(backend(), make(), proximal ? 0.02 : 0)
    expect(steps).toHaveLength(60)
    // What is evaluated, an average perhaps, lies in the sets as well.
    const evaluated = Object.fromEntries(Object.entries(run.model.parameters).map(([name, w]) => [name, numbersOf(w)]))
    for (const kernels of [...steps, evaluated])
      for (const [i, { holds, constraint }] of kept.entries())
        expect(holds(kernels[branch(i)] as number[]), constraint.name).toBe(true)
    if (proximal) expectExactZeros(steps.map((kernels) => kernels[first] as number[]))
    expect(run.history.at(-1)?.loss).toBeLessThan(run.history[0]?.loss as number)
  })
})

it.each(Object.entries(table).filter(([, [, has]]) => !has))('%s refuses a proximal map', async (name, [make]) => {
  await expect(fit(reference(), make(), 0.02)).rejects.toThrow(
    `regularizer l1: the optimizer ${name} has no effective step size for a proximal map`,
  )
})

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
