import { expect, test } from 'vitest'
import { averagePool2d } from '../ops/average-pool.ts'
import { conv2d } from '../ops/convolution.ts'
import { matmul } from '../ops/matmul.ts'
import { sum } from '../ops/reduce.ts'
import { input, type Tensor } from '../tensor/tensor.ts'
import { gradients } from './gradient.ts'
import { multiplyAdds } from './multiply-adds.ts'

test('counts products by their inner length, transposed or not', () => {
  const a = input('a', [4, 8])
  const b = input('b', [4, 3])
  expect(multiplyAdds([matmul(a, b, { transposeA: true })])).toBe(8 * 3 * 4)
  expect(multiplyAdds([matmul(a, a, { transposeB: true })])).toBe(4 * 4 * 8)
})

test('counts a convolution and its two gradients alike', () => {
  const x = input('x', [2, 4, 6, 6])
  const k = input('k', [8, 4, 3, 3])
  const y = conv2d(x, k)
  const forward = 2 * 8 * 4 * 4 * (4 * 3 * 3)
  expect(multiplyAdds([y])).toBe(forward)
  const [dx, dk] = gradients(sum(y), [x, k]) as [Tensor, Tensor]
  expect(multiplyAdds([dx])).toBe(forward)
  expect(multiplyAdds([dk])).toBe(forward)
})

test('counts groups of channels by what each sees', () => {
  expect(multiplyAdds([conv2d(input('x', [1, 4, 3, 3]), input('k', [8, 2, 3, 3]), { groups: 2 })])).toBe(8 * 18)
})

test('counts nothing for pooling, and sums as nothing', () => {
  const x = input('x', [1, 2, 4, 4])
  const pooled = averagePool2d(x, { size: [2, 2] })
  expect(multiplyAdds([pooled, sum(x), ...gradients(sum(pooled), [x])])).toBe(0)
})

test('counts a shared node once, and nothing twice for a caller who keeps what was counted', () => {
  const a = input('a', [2, 2])
  const square = matmul(a, a)
  const fourth = matmul(square, square)
  expect(multiplyAdds([square, fourth, square])).toBe(16)
  const counted = new Set<Tensor>()
  expect([multiplyAdds([square], counted), multiplyAdds([fourth], counted), multiplyAdds([fourth], counted)]).toEqual([
    8, 8, 0,
  ])
})
