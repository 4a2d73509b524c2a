import {
  apply,
  conv2d,
  matmul,
  mul,
  type PrimitiveOp,
  relu,
  softmax,
  stopGradient,
  type Tensor,
  type Type,
  transpose,
} from '@gradwerk/core'
import { CheckError, checkGradient, randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const random = (shape: readonly number[], seed: number) => randomValue({ dtype: 'float32', shape }, seed, { gap: 0.1 })

/** x² whose gradient is made up. */
function squareWith(gradient: (x: Tensor, cotangent: Tensor) => Tensor): (x: Tensor) => Tensor {
  const op: PrimitiveOp = {
    name: 'wrong',
    attributes: {},
    infer: ([x]) => ({ dtype: (x as Type).dtype, shape: (x as Type).shape }),
    kernel: ([x]) => Float64Array.from(x?.data as Float64Array, (a) => a * a),
    gradient: ({ inputs: [x], cotangent }) => [gradient(x as Tensor, cotangent)],
    lower: () => '',
  }
  return (x) => apply(op, [x])
}

describe('checkGradient', () => {
  test('accepts right gradients', () => {
    checkGradient((a, b) => softmax(matmul(relu(a), b)), [random([3, 4], 1), random([4, 2], 2)])
    checkGradient((x, k) => conv2d(x, k), [random([1, 2, 4, 4], 1), random([3, 2, 2, 2], 2)])
    checkGradient((x) => squareWith((at, ct) => mul(mul(at, 2), ct))(x), [random([3], 1)])
  })

  test('refuses a gradient of the wrong size', () => {
    const wrong = squareWith((x, ct) => mul(mul(x, 2.001), ct))
    expect(() => checkGradient(wrong, [random([3], 1)])).toThrow(CheckError)
  })

  // A cotangent of ones cannot tell a transposed gradient of a square matrix from the right one.
  test('refuses a gradient that mixes up elements', () => {
    const wrong = squareWith((x, ct) => mul(mul(x, 2), transpose(ct)))
    expect(() => checkGradient(wrong, [random([3, 3], 1)])).toThrow('the first gradient disagrees')
  })

  test('refuses a right first gradient that cannot be differentiated again', () => {
    const twice = squareWith((x, ct) => mul(mul(stopGradient(x), 2), ct))
    expect(() => checkGradient((x) => twice(x), [random([3], 1)])).toThrow('the second gradient disagrees')
  })
})
