import { ort } from '@gradwerk/backend-ort'
import { type Callback, numbers, type Regularizer, type RunView, reference } from '@gradwerk/core'
import { uniform } from '@gradwerk/initializers'
import { meanSquaredError } from '@gradwerk/losses'
import { sgd } from '@gradwerk/optimizers'
import { l2 } from '@gradwerk/regularizers'
import { beforeAll, describe, expect, test } from 'vitest'
import { truth, twins } from '../src/correlated-features/data.ts'
import { type AtStrength, estimatesOf, measure, strengths, summarize } from '../src/correlated-features/measure.ts'
import { summary } from '../src/correlated-features/tables.ts'
import { predict } from '../src/correlated-features/theory.ts'
import { ridgeSolution } from '../src/shared/exact-regression.ts'
import { fitLinear, madeUp } from '../src/shared/linear-model.ts'
import { expectOnPage } from './page.ts'

describe('two features that are the same', () => {
  const inputs = [-1.5, -0.5, 0.5, 1.5].map((x) => [x, x])
  const dataset = madeUp('copies', inputs, [[-2], [0], [1], [1]])
  /** The weights after each step, from weights that differ. */
  async function path(regularizer: Regularizer | undefined): Promise<number[][]> {
    const kernels: number[][] = []
    const note = (run: RunView) => {
      const { kernel } = run.snapshot().parameters
      if (kernel !== undefined) kernels.push(Array.from(numbers(kernel)))
    }
    const recorder: Callback = { kind: 'callback', name: 'recorder', options: {}, onRunStart: note, onSteps: note }
    const start = uniform({ low: -1, high: 1 })
    const [loss, optimizer] = [meanSquaredError(), sgd(0.1)]
    const common = { dataset, loss, optimizer, steps: 60, initializer: start, callbacks: [recorder] }
    await fitLinear({ ...common, regularizer, backend: reference() })
    return kernels
  }
  const differences = (kernels: number[][]) => kernels.map(([a = 0, b = 0]) => a - b)

  test('without a penalty their difference never changes', async () => {
    const [first = 0, ...later] = differences(await path(undefined))
    expect(Math.abs(first)).toBeGreaterThan(0.1)
    for (const difference of later) expect(difference).toBeCloseTo(first, 5)
  })

  test('L2 shrinks it by 1 − ηλ in every step, to two equal halves', async () => {
    const kernels = await path(l2(2))
    const [first = 0, ...later] = differences(kernels)
    for (const [i, difference] of later.entries()) expect(difference).toBeCloseTo(first * 0.8 ** (i + 1), 5)
    // The mean of x² and that of x y are both 1.25: (2 · 2 · 1.25 + λ) w = 2 · 1.25.
    for (const w of kernels.at(-1) ?? []) expect(w).toBeCloseTo(2.5 / 7, 5)
  })
})

describe('two features that are nearly the same', () => {
  const draws = twins()
  const { dataset, correlation, samples } = draws
  let measured: AtStrength[] = []
  const at = (strength: number) => measured.find((one) => one.strength === strength) as AtStrength
  beforeAll(async () => {
    measured = await measure(draws)
  })

  const inputs = Array.from({ length: samples }, (_, i) => Array.from(numbers(dataset.inputs)).slice(2 * i, 2 * i + 2))
  const targetsOf = (draw: number) =>
    Array.from({ length: samples }, (_, i) => numbers(dataset.targets)[i * draws.draws + draw] ?? Number.NaN)

  test.each(strengths)('λ = %s: each estimate is the ridge solution of its own data', (strength) => {
    for (const draw of [0, 1, 17, 500, 999]) {
      const exact = ridgeSolution({ inputs, targets: targetsOf(draw) }, strength)
      for (const i of [0, 1] as const)
        expect(Math.abs((at(strength).estimates[draw]?.[i] ?? Number.NaN) - (exact[i] ?? 0))).toBeLessThan(1e-3)
    }
  })

  test.each(strengths)('λ = %s: mean and deviation are those of the closed form', (strength) => {
    const { mean, deviations } = summarize(at(strength))
    const theory = predict(correlation, samples, strength)
    for (const i of [0, 1] as const) {
      // Four standard errors of a mean and of a deviation over the draws.
      expect(Math.abs(mean[i] - theory.mean[i])).toBeLessThan((4 * theory.deviation) / Math.sqrt(draws.draws))
      expect(Math.abs(deviations[i] / theory.deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * draws.draws))
    }
  })

  test('the variance falls with the strength, by far more than the weights shrink', () => {
    const variances = measured.map((one) => summarize(one).variance)
    expect(variances).toEqual(variances.toSorted((a, b) => b - a))
    const [none, some] = [summarize(at(0)), summarize(at(0.1))]
    expect(some.variance).toBeLessThan(none.variance / 5)
    expect(some.error).toBeLessThan(none.error / 2)
    expect(some.mean[0] + some.mean[1]).toBeGreaterThan(0.95 * (truth[0] + truth[1]))
  })

  test('the twins share the weight', () => {
    expect(summarize(at(0)).gap).toBeGreaterThan(1)
    const { mean, gap } = summarize(at(1))
    expect(gap).toBeLessThan(0.1)
    expect(mean[0] / mean[1]).toBeLessThan(1.1)
  })

  test('a data set trained alone gives its column of the thousand', async () => {
    const alone = madeUp(
      'one draw',
      inputs,
      targetsOf(17).map((y) => [y]),
    )
    const one = await estimatesOf({ ...draws, dataset: alone, draws: 1 }, 0.1, ort({ threads: 1 }))
    for (const i of [0, 1] as const)
      expect(one.estimates[0]?.[i]).toBeCloseTo(at(0.1).estimates[17]?.[i] ?? Number.NaN, 4)
  })

  test('the committed page shows these numbers', () => {
    expectOnPage('correlated-features', summary(draws, measured))
  })
})
