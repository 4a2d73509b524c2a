// One example for each op that no golden vector covers, computed by hand or with JavaScript's own operators.

import type { DType, Tensor, Value } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { describe, expect, test } from 'vitest'

const numbersOf = (tensor: Tensor): number[] => Array.from(core.numbers(core.evaluate([tensor])[0] as Value))
const of = (dtype: DType, ...data: number[]) => core.constant(core.valueOf(dtype, [data.length], data))

const top = 2 ** 32 - 1
const examples: readonly (readonly [string, Tensor, readonly number[]])[] = [
  ['add of uint32 wraps', core.add(of('uint32', top, 5), of('uint32', 2, 6)), [1, 11]],
  ['add of int32 wraps', core.add(of('int32', 2 ** 31 - 1), of('int32', 1)), [-(2 ** 31)]],
  ['sub of uint32 wraps', core.sub(of('uint32', 1), of('uint32', 3)), [top - 1]],
  [
    'mul of uint32 keeps the low bits',
    core.mul(of('uint32', 0x9e3779b9), of('uint32', 0x85ebca6b)),
    [Math.imul(0x9e3779b9, 0x85ebca6b) >>> 0],
  ],
  ['mul of int32', core.mul(of('int32', -3, 4), of('int32', 5, -6)), [-15, -24]],
  ['bitwiseAnd', core.bitwiseAnd(of('uint32', 0b1100, top), of('uint32', 0b1010, 0x80000000)), [0b1000, 0x80000000]],
  ['bitwiseOr', core.bitwiseOr(of('uint32', 0b1100), of('uint32', 0b1010)), [0b1110]],
  ['bitwiseXor', core.bitwiseXor(of('uint32', 0b1100, top), of('uint32', 0b1010, 1)), [0b0110, top - 1]],
  ['shiftLeft drops the top', core.shiftLeft(of('uint32', 0xc0000001, 3), 1), [0x80000002, 6]],
  ['shiftRight brings in zeros', core.shiftRight(of('uint32', 0x80000000, 7), of('uint32', 31, 1)), [1, 3]],
  ['equal', core.equal(of('int32', 1, 2, 3), 2), [0, 1, 0]],
  ['less', core.less(of('int32', 1, 2, 3), 2), [1, 0, 0]],
  ['lessEqual', core.lessEqual(of('int32', 1, 2, 3), 2), [1, 1, 0]],
  ['greater', core.greater(of('uint32', 1, 2, top), 2), [0, 0, 1]],
  ['greaterEqual', core.greaterEqual(of('float32', 1, 2, 3), 2), [0, 1, 1]],
  ['and', core.and(of('bool', 0, 0, 1, 1), of('bool', 0, 1, 0, 1)), [0, 0, 0, 1]],
  ['or', core.or(of('bool', 0, 0, 1, 1), of('bool', 0, 1, 0, 1)), [0, 1, 1, 1]],
  ['not', core.not(of('bool', 0, 1)), [1, 0]],
  ['where', core.where(of('bool', 1, 0), of('int64', 1, 2), of('int64', 3, 4)), [1, 4]],
  ['cast to integers goes towards 0', core.cast(of('float32', -1.7, 1.7), 'int32'), [-1, 1]],
  ['cast to bool', core.cast(of('float32', -0.1, 0, 2), 'bool'), [1, 0, 1]],
  ['floor', core.floor(of('float32', -1.5, 1.5, 2)), [-2, 1, 2]],
  ['sign', core.sign(of('float32', -1.5, 0, 2)), [-1, 0, 1]],
  ['argMax takes the first of ties', core.argMax(of('float32', 1, 3, 3)), [1]],
  ['scatterAdd', core.scatterAdd(of('float32', 1, 2, 4), of('int32', 2, 0, 2), 3), [2, 0, 5]],
  ['scatterElementsAdd', core.scatterElementsAdd(of('float32', 1, 2, 4), of('int32', 2, 0, 2), 3, 0), [2, 0, 5]],
  ['sumTo', core.sumTo(core.reshape(of('float32', 1, 2, 3, 4), [2, 2]), [1, 2]), [4, 6]],
  ['variance is biased', core.variance(of('float32', 1, 3)), [1]],
]

test.each(examples)('%s', (_, tensor, expected) => expect(numbersOf(tensor)).toEqual(expected))

describe('random ops give what the host draws', () => {
  const key = core.keyOf(2 ** 40 + 77)
  const tensor = of('uint32', ...key)

  test.each([1, 2, 7])('%i words', (length) => {
    const words = Array.from(core.randomWords(key, length))
    expect(numbersOf(core.randomBits(tensor, [length]))).toEqual(words)
    expect(numbersOf(core.randomUniform(tensor, [length]))).toEqual(words.map((word) => (word >>> 8) / 2 ** 24))
  })

  test('keys', () => {
    expect(numbersOf(core.foldKey(tensor, 'dense_1'))).toEqual(core.fold(key, 'dense_1'))
    expect(numbersOf(core.foldKey(tensor, 12))).toEqual(core.fold(key, 12))
  })

  test('bernoulli: lower halves of the words, then upper halves', () => {
    const words = Array.from(core.randomWords(key, 3))
    const halves = [...words.map((word) => word & 0xffff), ...words.map((word) => word >>> 16)].slice(0, 5)
    expect(numbersOf(core.bernoulli(tensor, 0.25, [5]))).toEqual(halves.map((half) => Number(half < 2 ** 14)))
    expect(numbersOf(core.bernoulli(tensor, 0, [9]))).toEqual(new Array(9).fill(0))
    expect(numbersOf(core.bernoulli(tensor, 1, [9]))).toEqual(new Array(9).fill(1))
  })

  test('bernoulli keeps its probability over many draws', () => {
    const n = 256_000
    const hits = numbersOf(core.bernoulli(tensor, 0.3, [n])).reduce((a, b) => a + b, 0)
    expect(Math.abs(hits - 0.3 * n) / Math.sqrt(n * 0.21)).toBeLessThan(4.6)
  })
})
