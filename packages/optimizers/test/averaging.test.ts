// Averages, lookahead and schedule-free steps against plain loops over numbers.

import { type Optimizer, OptionError, type Value, valueOf } from '@gradwerk/core'
import { adam, constant, ema, lookahead, parameterGroups, scheduleFreeAdamW, sgd, swa } from '@gradwerk/optimizers'
import { describe, expect, test } from 'vitest'
import { averaged, numbersOf, trajectory } from './trajectory.ts'

const gradients = Array.from({ length: 24 }, (_, i) => [Math.sin(3 * i + 1), Math.cos(5 * i)])
const start = [0.5, -1]
const given = valueOf('float32', [gradients.length, 1, 2], gradients.flat())
const first = valueOf('float32', [1, 2], start)

/** The parameter after each step: [24][2]. */
async function path(optimizer: Optimizer): Promise<number[][]> {
  return pairs(await trajectory(optimizer, first, given))
}

function pairs(value: Value): number[][] {
  const numbers = numbersOf(value)
  return gradients.map((_, i) => numbers.slice(2 * i, 2 * i + 2))
}

function expectPairs(found: readonly number[][], expected: readonly number[][], digits = 5): void {
  expect(found).toHaveLength(expected.length)
  found.forEach((pair, i) => {
    pair.forEach((x, j) => {
      expect(x).toBeCloseTo(expected[i]?.[j] as number, digits)
    })
  })
}

describe('ema', () => {
  test('trains as its optimizer does, bit for bit', async () => {
    expect(await path(ema(adam(0.1)))).toEqual(await path(adam(0.1)))
  })

  test('evaluates at the weighted mean of all parameters so far', async () => {
    const decay = 0.8
    const trained = await path(sgd(0.1))
    const expected = trained.map((_, t) => {
      const weights = Array.from({ length: t + 1 }, (_, k) => decay ** (t - k))
      const total = weights.reduce((a, b) => a + b)
      return [0, 1].map((j) => weights.reduce((sum, w, k) => sum + w * (trained[k]?.[j] as number), 0) / total)
    })
    expectPairs(pairs(await averaged(ema({ optimizer: sgd(0.1), decay }), first, given)), expected)
  })

  test('is the parameter itself after the first step', async () => {
    const [found] = pairs(await averaged(ema(sgd(0.1)), first, given))
    expect(found).toEqual((await path(sgd(0.1)))[0])
  })
})

describe('swa', () => {
  test('evaluates at the mean of every third parameter from the start on, and where it trains before', async () => {
    const trained = await path(sgd(0.1))
    const expected = trained.map((own, t) => {
      const entered = trained.filter((_, k) => k <= t && k >= 10 && (k - 10) % 3 === 0)
      return t < 10 ? own : [0, 1].map((j) => entered.reduce((sum, p) => sum + (p[j] as number), 0) / entered.length)
    })
    expectPairs(pairs(await averaged(swa({ optimizer: sgd(0.1), start: 10, every: 3 }), first, given)), expected)
  })

  test('starts at three quarters of the run by default', async () => {
    const found = pairs(await averaged(swa(sgd(0.1)), first, given))
    const trained = await path(sgd(0.1))
    expect(found.slice(0, 19)).toEqual(trained.slice(0, 19))
    expect(found[19]).not.toEqual(trained[19])
  })
})

describe('lookahead', () => {
  const [steps, follow] = [4, 0.25]
  const expected: { fast: number[][]; slow: number[][] } = { fast: [], slow: [] }
  let [fast, slow] = [start, start]
  gradients.forEach((g, t) => {
    fast = fast.map((p, j) => p - 0.1 * (g[j] as number))
    if ((t + 1) % steps === 0) {
      slow = slow.map((p, j) => p + follow * ((fast[j] as number) - p))
      fast = slow
    }
    expected.fast.push(fast)
    expected.slow.push(slow)
  })
  const optimizer = lookahead({ optimizer: sgd(0.1), steps, follow })

  test('sets the fast weights back to the slow ones, which follow', async () => {
    expectPairs(await path(optimizer), expected.fast)
  })

  test('evaluates at the slow weights', async () => {
    expectPairs(pairs(await averaged(optimizer, first, given)), expected.slow)
  })

  test('follows all the way: the optimizer alone', async () => {
    expectPairs(await path(lookahead({ optimizer: adam(0.1), steps: 3, follow: 1 })), await path(adam(0.1)))
  })
})

describe('schedule-free AdamW', () => {
  test.each([
    [1, 0],
    [6, 0.3],
  ])('equals the paper, with a warm-up of %i and a decay of %f', async (warmup, weightDecay) => {
    const [rate, beta1, beta2, epsilon] = [0.05, 0.8, 0.9, 1e-3]
    const z = [...start]
    const x = [...start]
    const y = [...start]
    const v = [0, 0]
    let squares = 0
    const [trained, evaluated]: [number[][], number[][]] = [[], []]
    gradients.forEach((g, i) => {
      const t = i + 1
      const gamma = rate * Math.min(1, t / warmup)
      squares += gamma ** 2
      const c = gamma ** 2 / squares
      for (const j of [0, 1]) {
        const slope = g[j] as number
        v[j] = beta2 * (v[j] as number) + (1 - beta2) * slope ** 2
        const root = Math.sqrt((v[j] as number) / (1 - beta2 ** t)) + epsilon
        z[j] = (z[j] as number) - (gamma * slope) / root - gamma * weightDecay * (y[j] as number)
        x[j] = (1 - c) * (x[j] as number) + c * (z[j] as number)
        y[j] = (1 - beta1) * (z[j] as number) + beta1 * (x[j] as number)
      }
      trained.push([...y])
      evaluated.push([...x])
    })
    const optimizer = scheduleFreeAdamW({ learningRate: rate, beta1, beta2, epsilon, warmup, weightDecay })
    expectPairs(await path(optimizer), trained)
    expectPairs(pairs(await averaged(optimizer, first, given)), evaluated)
  })

  test('refuses a schedule', () => {
    expect(() => scheduleFreeAdamW({ learningRate: constant(1) as never })).toThrow(OptionError)
  })
})

describe('parameter groups', () => {
  const groups = parameterGroups({
    optimizer: sgd(0.1),
    groups: [
      { roles: ['bias'], names: ['^other'], optimizer: sgd(0) },
      { roles: ['bias'], optimizer: ema({ optimizer: sgd(0.2), decay: 0.5 }) },
      { optimizer: adam(0.3), names: ['^none$'] },
    ],
  })

  test('take the optimizer of the first group that fits, or that of the rest', async () => {
    expect(await path(groups)).toEqual(await path(sgd(0.1)))
    const biases = pairs(await trajectory(groups, first, given, 'bias'))
    expect(biases).toEqual(await path(sgd(0.2)))
  })

  test('evaluate as their own optimizer does', async () => {
    expect(pairs(await averaged(groups, first, given))).toEqual(await path(sgd(0.1)))
    const biases = await averaged(groups, first, given, 'bias')
    expect(biases).toEqual(await averaged(ema({ optimizer: sgd(0.2), decay: 0.5 }), first, given))
  })

  test('have learning rates of their own', () => {
    expect(groups.evaluationParameter).toBeDefined()
    expect(parameterGroups({ optimizer: sgd(0.1), groups: [] }).evaluationParameter).toBeUndefined()
  })
})

test.each([
  () => ema(ema(sgd(0.1))),
  () => swa(scheduleFreeAdamW()),
  () => lookahead(swa(sgd(0.1))),
  () => ema({ optimizer: sgd(0.1), decay: 1 }),
  () => ema({ optimizer: constant(1) as never }),
  () => swa({ optimizer: sgd(0.1), start: 1.5 }),
  () => lookahead({ optimizer: sgd(0.1), steps: 0 }),
  () => lookahead({ optimizer: sgd(0.1), follow: 0 }),
  () => parameterGroups({ optimizer: sgd(0.1), groups: [{ roles: ['weights' as 'kernel'], optimizer: sgd(0) }] }),
  () => parameterGroups({ optimizer: sgd(0.1), groups: [{ names: ['('], optimizer: sgd(0) }] }),
])('%s is refused', (make) => {
  expect(make).toThrow(OptionError)
})
