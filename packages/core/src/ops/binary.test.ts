import { expect, test } from 'vitest'
import { input } from '../tensor/tensor.ts'
import { add } from './binary.ts'
import { broadcastTo } from './movement.ts'

test('two operands that were both broadcast keep their shape', () => {
  const a = broadcastTo(input('a', [1, 3]), [4, 3])
  const b = broadcastTo(input('b', [1, 3]), [4, 3])
  expect(add(a, b).shape).toEqual([4, 3])
})

test('one operand that was broadcast is taken as it was before', () => {
  const a = input('a', [1, 3])
  const b = input('b', [4, 3])
  expect(add(broadcastTo(a, [4, 3]), b).inputs).toEqual([a, b])
  expect(add(b, broadcastTo(a, [4, 3])).inputs).toEqual([b, a])
})
