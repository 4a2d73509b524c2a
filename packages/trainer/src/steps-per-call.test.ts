import { conv2d, gradients, input, matmul, program, sum, type Tensor } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { defaultStepsPerCall, multiplyAdds } from './steps-per-call.ts'

function programOf(shared: Record<string, Tensor>, y: Tensor) {
  return program({ name: 'p', shared, inputs: {}, state: {}, outputs: { y } })
}

test('counts products by their inner length, transposed or not', () => {
  const a = input('a', [4, 8])
  const b = input('b', [4, 3])
  expect(multiplyAdds(programOf({ a, b }, matmul(a, b, { transposeA: true })))).toBe(8 * 3 * 4)
  expect(multiplyAdds(programOf({ a }, matmul(a, a, { transposeB: true })))).toBe(4 * 4 * 8)
})

test('counts a convolution and its two gradients alike', () => {
  const x = input('x', [2, 4, 6, 6])
  const k = input('k', [8, 4, 3, 3])
  const y = conv2d(x, k)
  const forward = 2 * 8 * 4 * 4 * (4 * 3 * 3)
  expect(multiplyAdds(programOf({ x, k }, y))).toBe(forward)
  const [dx, dk] = gradients(sum(y), [x, k]) as [Tensor, Tensor]
  expect(multiplyAdds(programOf({ x, k }, dx))).toBe(forward)
  expect(multiplyAdds(programOf({ x, k }, dk))).toBe(forward)
})

test('gives small steps long calls and large steps short ones', () => {
  const square = (n: number) => {
    const a = input('a', [n, n])
    return programOf({ a }, matmul(a, a))
  }
  expect(defaultStepsPerCall(square(10))).toBe(64)
  expect(defaultStepsPerCall(square(1000))).toBe(16)
  expect(defaultStepsPerCall(square(4000))).toBe(1)
})
