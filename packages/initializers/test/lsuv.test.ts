import {
  constant,
  evaluate,
  fansOf,
  type Initializer,
  keyOf,
  matmul,
  numbers,
  randomStream,
  relu,
  type Tensor,
  type Value,
  value,
} from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import { initializerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { lsuv, orthogonal } = initializers

initializerSuite(lsuv, [{ plugin: lsuv(), shape: [20, 12], random: true }])

/** Mean of squares minus squared mean. */
function variance(of: Value): number {
  const all = Array.from(numbers(of))
  const mean = (f: (x: number) => number) => all.reduce((total, x) => total + f(x), 0) / all.length
  return mean((x) => x * x) - mean((x) => x) ** 2
}

const run = (of: Tensor) => evaluate([of])[0] as Value
const drawn = (initializer: Initializer, shape: readonly number[], seed: number) => {
  const axes = { outputAxes: [1], inputAxes: [0] }
  return value(
    'float32',
    shape,
    initializer.sample(shape, { ...fansOf({ shape, ...axes }), ...axes }, randomStream(keyOf(seed))),
  )
}

/** Normal numbers of a standard deviation that is not 1. */
const batch = constant(
  value(
    'float32',
    [64, 16],
    Float32Array.from({ length: 1024 }, randomStream(keyOf(9)).normal).map((x) => 3 * x),
  ),
)

describe('lsuv', () => {
  test('starts as orthogonal does', () => {
    expect(drawn(lsuv(), [8, 5], 1)).toEqual(drawn(orthogonal(), [8, 5], 1))
  })

  test('gives every layer of a deep network unit variance before its activation', () => {
    const initializer = lsuv({ tolerance: 1e-4 })
    let x = batch
    for (let layer = 0; layer < 10; layer++) {
      let kernel = drawn(initializer, [16, 16], layer)
      let rounds = 0
      for (;;) {
        const corrected = initializer.calibrate?.(kernel, run(matmul(x, constant(kernel))), rounds)
        if (corrected === undefined) break
        kernel = corrected
        rounds++
      }
      const y = matmul(x, constant(kernel))
      // One division does it for a linear layer: the variance is proportional to the squared weights.
      expect(rounds).toBe(1)
      expect(Math.abs(variance(run(y)) - 1)).toBeLessThan(1e-4)
      x = relu(y)
    }
  })

  const kernel = value('float32', [2, 1], Float32Array.of(1, 2))
  const output = (...of: number[]) => value('float32', [of.length, 1], Float32Array.from(of))

  test('divides by the standard deviation', () => {
    // Variance of 1, 5: 4.
    expect(lsuv().calibrate?.(kernel, output(1, 5), 0)).toEqual({ ...kernel, data: Float32Array.of(0.5, 1) })
  })

  test('leaves a variance within the tolerance, a constant output, and one that is not finite', () => {
    const near = output(-1.04, 1.04) // variance 1.0816
    expect(lsuv().calibrate?.(kernel, near, 0)).toBeUndefined()
    expect(lsuv({ tolerance: 0.05 }).calibrate?.(kernel, near, 0)).toBeDefined()
    expect(lsuv().calibrate?.(kernel, output(3, 3, 3), 0)).toBeUndefined()
    expect(lsuv().calibrate?.(kernel, output(3, Number.POSITIVE_INFINITY), 0)).toBeUndefined()
    expect(lsuv().calibrate?.(kernel, output(), 0)).toBeUndefined()
  })

  test('gives up after its rounds', () => {
    const far = output(0, 10)
    expect(lsuv({ rounds: 3 }).calibrate?.(kernel, far, 2)).toBeDefined()
    expect(lsuv({ rounds: 3 }).calibrate?.(kernel, far, 3)).toBeUndefined()
  })
})
