import {
  add,
  cast,
  gradients,
  input,
  matmul,
  mul,
  relu,
  reshape,
  sign,
  slice,
  sub,
  sum,
  type Tensor,
  transpose,
} from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { type Case, rewriting } from '../../test/rewriting.ts'
import { dequantize } from './dequantize.ts'
import { gemmAdd } from './gemm-add.ts'
import { gemmDescent } from './gemm-descent.ts'
import { standardRewrites } from './index.ts'
import { reduceReshape } from './reduce-reshape.ts'
import { reluMask } from './relu-mask.ts'

const x = input('x', [4, 3])
const w = input('w', [3, 2])
const wt = input('wt', [2, 3])
const bias = input('bias', [2])
const full = input('full', [4, 2])
const outer = input('outer', [2, 4, 2])
const rate = input('rate', [])
const rates = input('rates', [6])
const weights = input('weights', [5, 6])
const column = input('column', [1, 5])
const row = input('row', [1, 6])
const small = input('small', [2, 2])
const bytes = input('bytes', [4, 3], 'uint8')
const inputs = { bytes, small, x, w, wt, bias, full, outer, rate, rates, weights, column, row }

const { operators, run } = rewriting(inputs)

const product = matmul(x, w)
const active = relu(x)
const kept = sum(full, { axes: [0], keepDims: true })
const update = matmul(column, row, { transposeA: true })

const fires: readonly Case[] = [
  { rewrite: gemmAdd, what: 'x·w + b', outputs: { y: add(product, bias) }, becomes: ['Gemm'] },
  {
    rewrite: gemmAdd,
    what: 'b + x·wᵀ',
    outputs: { y: add(bias, matmul(x, wt, { transposeB: true })) },
    becomes: ['Gemm'],
  },
  { rewrite: gemmAdd, what: 'x·w + c', outputs: { y: add(full, product) }, becomes: ['Gemm'] },
  { rewrite: reluMask, what: 'sign(relu(x))', outputs: { y: sign(active) }, becomes: ['Relu', 'HardSigmoid'] },
  {
    rewrite: reluMask,
    what: 'the gradient of relu',
    outputs: { y: gradients(sum(active), [x])[0] as Tensor },
    becomes: ['Reshape', 'Relu', 'HardSigmoid', 'Mul'],
  },
  { rewrite: reduceReshape, what: 'Σ over rows', outputs: { y: reshape(kept, [2]) }, becomes: ['ReduceSum'] },
  {
    rewrite: gemmDescent,
    what: 'w − s·xᵀ·d',
    outputs: { y: sub(weights, mul(update, rate)) },
    becomes: ['Neg', 'Mul', 'Gemm'],
  },
  {
    rewrite: gemmDescent,
    what: 'w − s·dᵀ·x',
    outputs: { y: sub(transpose(weights), mul(rate, matmul(row, column, { transposeA: true }))) },
    becomes: ['Transpose', 'Neg', 'Mul', 'Gemm'],
  },
  {
    rewrite: dequantize,
    what: 'bytes · s',
    outputs: { y: mul(cast(bytes, 'float32'), rate) },
    becomes: ['DequantizeLinear'],
  },
]

const rests: readonly Case[] = [
  {
    rewrite: reduceReshape,
    what: 'another shape',
    outputs: { y: reshape(kept, [2, 1]) },
    becomes: ['ReduceSum', 'Reshape'],
  },
  {
    rewrite: reduceReshape,
    what: 'a sum that is needed as it is',
    outputs: { y: reshape(kept, [2]), kept },
    becomes: ['ReduceSum', 'Reshape'],
  },
  {
    rewrite: gemmAdd,
    what: 'a product that is used twice',
    outputs: { y: add(product, bias), product },
    becomes: ['Gemm', 'Add'],
  },
  {
    rewrite: gemmAdd,
    what: 'a sum that broadcasts the product',
    outputs: { y: add(outer, product) },
    becomes: ['Gemm', 'Add'],
  },
  {
    rewrite: gemmDescent,
    what: 'operands larger than the product',
    outputs: { y: sub(small, mul(matmul(wt, w), rate)) },
    becomes: ['Gemm', 'Mul', 'Sub'],
  },
  {
    rewrite: gemmDescent,
    what: 'a step that is needed for itself',
    outputs: { y: sub(weights, mul(update, rate)), step: mul(update, rate) },
    becomes: ['Gemm', 'Mul', 'Sub'],
  },
  {
    rewrite: gemmDescent,
    what: 'a scale for every column',
    outputs: { y: sub(weights, mul(update, rates)) },
    becomes: ['Gemm', 'Mul', 'Sub'],
  },
  { rewrite: reluMask, what: 'the sign of anything', outputs: { y: sign(x) }, becomes: ['Sign'] },
  {
    rewrite: dequantize,
    what: 'bytes with a scale for every column',
    outputs: { y: mul(cast(bytes, 'float32'), slice(rates, [{ axis: 0, start: 0, end: 3 }])) },
    becomes: ['Cast', 'Slice', 'Mul'],
  },
]

describe.each(fires)('$rewrite.name: $what', ({ rewrite, outputs, becomes }) => {
  test('fires and gives the same numbers', async () => {
    expect(operators(outputs, []).join()).not.toBe(becomes.join())
    expect(operators(outputs, [rewrite])).toEqual(becomes)
    expect(await run(outputs, [rewrite])).toEqual(await run(outputs, []))
  })
})

test.each(rests)('$rewrite.name leaves alone: $what', ({ rewrite, outputs, becomes }) => {
  expect(operators(outputs, [rewrite])).toEqual(becomes)
})

test('rules do not get in each other’s way', async () => {
  const outputs = { y: add(matmul(relu(x), w), bias), mask: sign(relu(x)) }
  expect(await run(outputs, standardRewrites)).toEqual(await run(outputs, []))
})
