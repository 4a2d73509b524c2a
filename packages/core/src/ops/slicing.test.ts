import { expect, test } from 'vitest'
import { evaluate } from '../reference/evaluate.ts'
import { constant } from '../tensor/tensor.ts'
import { valueOf } from '../tensor/value.ts'
import { stack } from './slicing.ts'

test('stacks along a new axis that is counted from either end', () => {
  const [a, b] = [
    [0, 1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10, 11],
  ].map((numbers) => constant(valueOf('float32', [2, 3], numbers)))
  const tensors = [a, b] as Parameters<typeof stack>[0]
  expect(stack(tensors).shape).toEqual([2, 2, 3])
  expect(stack(tensors, -1).shape).toEqual([2, 3, 2])
  expect(Array.from(evaluate([stack(tensors, -1)])[0]?.data ?? [], Number)).toEqual([
    0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11,
  ])
})
