import { expect, test } from 'vitest'
import { not } from '../ops/compare.ts'
import { evaluate } from '../reference/evaluate.ts'
import { constant } from './tensor.ts'
import { valueOf } from './value.ts'

test('an op whose output has the type of its input is not that input', () => {
  // A shape rule may answer with the input's tensor; `not(x)` was x itself.
  const x = constant(valueOf('bool', [3], [0, 1, 0]))
  expect(not(x).inputs).toEqual([x])
  expect(evaluate([not(x)])[0]?.data).toEqual(Uint8Array.of(1, 0, 1))
})
