import {
  constant as constantTensor,
  evaluate,
  OptionError,
  type Schedule,
  topological,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { adam, adamW, constant, cosine, momentum, nesterov, sgd } from '@gradwerk/optimizers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { traceUpdate, trajectory } from './trajectory.ts'

const start = valueOf('float32', [1, 2], [1, -2])
const steps = (...gradients: number[][]): Value => valueOf('float32', [gradients.length, 1, 2], gradients.flat())
const numbersOf = ({ data }: Value): number[] => Array.from(data, Number)

describe('by hand', () => {
  test('plain descent', async () => {
    expect(numbersOf(await trajectory(sgd(0.5), start, steps([1, 2])))).toEqual([0.5, -3])
  })

  test('momentum applies the learning rate to the velocity', async () => {
    const found = await trajectory(
      momentum({ learningRate: constant(0.5), momentum: 0.5 }),
      start,
      steps([1, 2], [0, 0]),
    )
    expect(numbersOf(found)).toEqual([0.5, -3, 0.25, -3.5])
  })

  test('the first step of Adam has the size of the learning rate, whatever the gradient', async () => {
    const [first, second] = numbersOf(await trajectory(adam(0.25), start, steps([1e-3, -5])))
    expect(first).toBeCloseTo(0.75, 4)
    expect(second).toBeCloseTo(-1.75, 4)
  })

  test('the learning rate follows its schedule', async () => {
    const found = await trajectory(sgd(cosine({ from: 1, over: 2 })), start, steps([1, 0], [1, 0], [1, 0]))
    expect(numbersOf(found)).toEqual([0, -2, -0.5, -2, -0.5, -2])
  })
})

describe('weight decay', () => {
  const still = steps([0, 0])

  test('takes away learning rate times decay of a parameter', async () => {
    const found = await trajectory(adamW({ learningRate: 0.5, weightDecay: 0.25 }), start, still)
    expect(numbersOf(found)).toEqual([0.875, -1.75])
  })

  test.each([
    ['kernel', true],
    ['bias', false],
  ] as const)('of chosen roles: %s %s', async (role, decays) => {
    const optimizer = adamW({ learningRate: 0.5, weightDecay: 0.25, decayRoles: ['kernel', 'embedding'] })
    expect(numbersOf(await trajectory(optimizer, start, still, role))).toEqual(decays ? [0.875, -1.75] : [1, -2])
  })

  test.each([
    [['^param', '^encoder'], true],
    [['^encoder'], false],
    [[], false],
  ] as const)('of chosen names: %j %s', async (decayNames, decays) => {
    const optimizer = adamW({ learningRate: 0.5, weightDecay: 0.25, decayNames })
    expect(numbersOf(await trajectory(optimizer, start, still))).toEqual(decays ? [0.875, -1.75] : [1, -2])
  })
})

test('Adam does not depend on the scale of the gradients', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 }),
      async (g) => {
        const rows = (scale: number) =>
          valueOf(
            'float32',
            [3, 1, 2],
            g.map((x, i) => (i % 2 === 0 ? scale : -scale) * x),
          )
        const small = numbersOf(await trajectory(adam(0.1), start, rows(1)))
        const large = numbersOf(await trajectory(adam(0.1), start, rows(1024)))
        small.forEach((x, i) => {
          expect(large[i]).toBeCloseTo(x, 5)
        })
      },
    ),
    { numRuns: 20, seed: 1 },
  )
})

test('the sums of powers are those of the float32 betas that the program multiplies with', async () => {
  // With those of 0.999 itself a step under a constant gradient would be wrong by 3e-6 here.
  const last = 999
  const lastStepOnly: Schedule = { kind: 'schedule', name: 'last', options: {}, at: (step) => (step === last ? 1 : 0) }
  const flat = valueOf('float32', [last + 1, 1, 2], new Float32Array(2 * last + 2).fill(0.5))
  const found = await trajectory(
    adam({ learningRate: lastStepOnly, epsilon: 1e-20 }),
    valueOf('float32', [1, 2], [0, 0]),
    flat,
  )
  expect(Math.abs(Number(found.data.at(-1)) + 1)).toBeLessThan(1e-6)
})

describe('the program', () => {
  /** How many tensors of the parameter's shape an update computes. */
  const passes = (optimizer: ReturnType<typeof sgd>) =>
    topological(Object.values(traceUpdate(optimizer, [4, 3]).program.state).map(({ next }) => next)).filter(
      ({ shape, inputs }) => shape.length === 2 && inputs.length > 0,
    ).length

  test.each([
    [sgd(), 2],
    [momentum(), 4],
    [nesterov(), 6],
    [adam(), 10],
    [adamW(), 11],
  ])('$name passes over memory %i times', (optimizer, expected) => {
    expect(passes(optimizer)).toBe(expected)
  })

  test('has the same hyper-parameters for every parameter', () => {
    const optimizer = adamW({ learningRate: cosine(1e-3) })
    const names = [...traceUpdate(optimizer, [4, 3]).hyperparameters.keys()]
    expect(names.toSorted()).toEqual(
      ['beta1', 'beta2', 'correction', 'epsilon', 'learningRate', 'root', 'weightDecay'].map(
        (name) => `optimizer.${name}`,
      ),
    )
  })

  test.each([
    sgd(0.5),
    momentum({ learningRate: 0.5, momentum: 0.75 }),
    nesterov({ learningRate: 0.5, momentum: 0.75 }),
  ])('$name states its effective step size', (optimizer) => {
    const { update, hyperparameters } = traceUpdate(optimizer, [4, 3])
    const feeds = [...hyperparameters].map(([name, { value }]) => [name, valueOf('float32', [], [Number(value)])])
    const [size] = evaluate(update.stepSize === undefined ? [] : [update.stepSize], Object.fromEntries(feeds))
    expect(size === undefined ? undefined : numbersOf(size)).toEqual([optimizer.name === 'sgd' ? 0.5 : 2])
  })
})

describe('options', () => {
  test.each([
    () => sgd(-1),
    () => sgd({ momentum: 1 }),
    () => sgd({ nesterov: true }),
    () => momentum({ momentum: -0.1 }),
    () => adam({ beta1: 1 }),
    () => adam({ beta2: 1.5 }),
    () => adam({ epsilon: 0 }),
    () => adamW({ weightDecay: -1 }),
    () => adamW({ decayRoles: ['weights' as 'kernel'] }),
    () => adam({ learningRate: Number.NaN }),
  ])('%s is refused', (make) => {
    expect(make).toThrow(OptionError)
  })

  test('a message names the option, what is expected and what was given', () => {
    expect(() => sgd({ nesterov: true })).toThrow(
      "sgd: option 'momentum' is not valid; expected a momentum > 0 for nesterov",
    )
    expect(() => adamW({ decayRoles: ['weights' as 'kernel'] })).toThrow(/decayRoles.*'all', or a list of kernel, bias/)
    expect(() => adamW({ decayNames: ['('] })).toThrow(/decayNames.*a regular expression.*got "\("/)
  })

  test('a number or a schedule stands for the learning rate', () => {
    expect(adam(0.5).options).toEqual(adam({ learningRate: 0.5 }).options)
    expect(sgd(cosine(0.5)).options).toEqual({
      learningRate: expect.objectContaining({ name: 'cosine' }),
      momentum: 0,
      nesterov: false,
      dampening: 0,
    })
  })

  test('a constant tensor is no learning rate', () => {
    expect(() => sgd({ learningRate: constantTensor(start) as never })).toThrow(OptionError)
  })
})
