// The rules around images, each against the standard lowering: numbers that are sums of quarters must agree exactly.

import {
  add,
  type ConvolutionOptions,
  conv2d,
  convInputGradient,
  convKernelGradient,
  dynamic,
  gradients,
  input,
  maxPool2d,
  reshape,
  sum,
  type Tensor,
} from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { type Case, rewriting } from '../../test/rewriting.ts'
import { channelBlock } from '../channel-block.ts'
import { loadNodeRuntime } from '../runtime-node.ts'
import { blockedConvolution, blockedInputGradient } from './blocked-convolution.ts'
import { convolutionBias } from './convolution-bias.ts'
import { standardRewrites } from './index.ts'
import { maxUnpool } from './max-unpool.ts'
import { shiftedProducts } from './shifted-products.ts'

const image = input('image', [2, 16, 7, 6])
const kernel = input('kernel', [32, 16, 3, 2])
const bias = input('bias', [32])
const perPixel = input('perPixel', [7, 6])
const narrow = input('narrow', [4, 16, 3, 2])
const grouped = input('grouped', [32, 8, 3, 2])
const point = input('point', [32, 16, 1, 1])
const inputs = { image, kernel, bias, perPixel, narrow, grouped, point }
const { operators, run } = rewriting(inputs)

const geometries: ConvolutionOptions[] = [
  {},
  { padding: [1, 0, 2, 1] },
  { padding: [1, 1, 1, 1], dilations: [2, 1] },
  { strides: [2, 1], padding: [0, 1, 1, 0] },
  { strides: [2, 3] },
]
const unit = geometries.filter(({ strides }) => strides === undefined)

const block = await channelBlock(await loadNodeRuntime())
const blocks = block === undefined ? [] : [blockedConvolution(block), blockedInputGradient(block)]
const [forward, backward] = blocks
const reorder = ['Reshape', 'Transpose', 'Reshape', 'ReorderInput', 'Conv', 'ReorderOutput']
const turn = ['Reshape', 'Transpose', 'Gather', 'Reshape', 'ReorderInput', 'Conv', 'ReorderOutput']

const convolved = conv2d(image, kernel)
const slopes = (y: Tensor, x: Tensor) => gradients(sum(y), [x])[0] as Tensor
const biased = (y: Tensor) => add(y, reshape(bias, [32, 1, 1]))
const pooled = (strides: readonly [number, number]) => slopes(maxPool2d(image, { size: [2, 2], strides }), image)
const spread = (g: ConvolutionOptions) => convInputGradient(conv2d(image, kernel, g), kernel, image.shape, g)
const learned = (g: ConvolutionOptions, of = kernel) => convKernelGradient(image, conv2d(image, of, g), of.shape, g)

const fires: Case[] = [
  {
    rewrite: convolutionBias,
    what: 'a bias for every channel',
    outputs: { y: biased(conv2d(image, kernel)) },
    becomes: ['Conv'],
  },
  {
    rewrite: maxUnpool,
    what: 'windows side by side',
    outputs: { y: pooled([2, 2]) },
    becomes: ['Reshape', 'Expand', 'MaxPool', 'Cast', 'Cast', 'MaxUnpool'],
  },
  ...(forward === undefined || backward === undefined
    ? []
    : [
        ...geometries.map((g) => ({
          rewrite: forward,
          what: `y, ${JSON.stringify(g)}`,
          outputs: { y: conv2d(image, kernel, g) },
          becomes: reorder,
        })),
        {
          rewrite: forward,
          what: 'a bias',
          outputs: { y: biased(conv2d(image, kernel)) },
          becomes: reorder,
        },
        ...unit.map((g) => ({
          rewrite: backward,
          what: `the image, ${JSON.stringify(g)}`,
          outputs: { y: spread(g) },
          becomes: ['Conv', ...turn],
        })),
      ]),
]

const rests: Case[] = [
  {
    rewrite: convolutionBias,
    what: 'a sum with other shapes',
    outputs: { y: add(conv2d(image, kernel, { padding: [1, 0, 1, 1] }), perPixel) },
    becomes: ['Conv', 'Add'],
  },
  {
    rewrite: convolutionBias,
    what: 'a convolution that is needed for itself',
    outputs: { y: biased(convolved), convolved },
    becomes: ['Conv', 'Reshape', 'Add'],
  },
  {
    rewrite: shiftedProducts,
    what: 'few channels',
    outputs: { y: learned({}, narrow) },
    becomes: operators({ y: learned({}, narrow) }, []),
  },
  {
    rewrite: shiftedProducts,
    what: 'groups',
    outputs: { y: learned({ groups: 2 }, grouped) },
    becomes: operators({ y: learned({ groups: 2 }, grouped) }, []),
  },
  {
    rewrite: maxUnpool,
    what: 'windows that overlap',
    outputs: { y: pooled([1, 1]) },
    becomes: operators({ y: pooled([1, 1]) }, []),
  },
]

describe.each(fires)('$rewrite.name: $what', ({ rewrite, outputs, becomes }) => {
  test('fires and gives the same numbers', async () => {
    expect(operators(outputs, []).join()).not.toBe(becomes.join())
    expect(operators(outputs, [rewrite]).filter((name) => name !== 'Constant')).toEqual(becomes)
    expect(await run(outputs, [rewrite])).toEqual(await run(outputs, []))
  })
})

test.each(rests)('$rewrite.name leaves alone: $what', ({ rewrite, outputs, becomes }) => {
  expect(operators(outputs, [rewrite])).toEqual(becomes)
})

test.each(geometries)('shifted products are the gradient of the kernel, %j', async (g) => {
  const outputs = { y: learned(g) }
  const products = operators(outputs, [shiftedProducts]).filter((name) => name === 'FusedMatMul')
  expect(products).toHaveLength(6)
  expect(await run(outputs, [shiftedProducts])).toEqual(await run(outputs, []))
})

test('an unknown batch is convolved in blocks as well, and has no gradient of its kernel', () => {
  const any = input('any', [dynamic, 16, 7, 6])
  const of = rewriting({ ...inputs, any })
  if (forward !== undefined) expect(of.operators({ y: conv2d(any, kernel) }, [forward])).toEqual(reorder)
})

test.skipIf(blocks.length === 0)('kernels of one tap, groups and other numbers of channels are left alone', () => {
  for (const [of, groups] of [
    [point, 1],
    [grouped, 2],
    [narrow, 1],
  ] as const)
    expect(operators({ y: conv2d(image, of, { groups }) }, blocks)).toEqual(['Conv'])
})

test('rules do not get in each other’s way', async () => {
  const y = maxPool2d(biased(conv2d(image, kernel, { padding: [1, 1, 1, 0] })), { size: [2, 2] })
  const outputs = Object.fromEntries(gradients(sum(y), [image, kernel, bias]).map((of, i) => [String(i), of]))
  expect(await run(outputs, [...blocks, ...standardRewrites])).toEqual(await run(outputs, []))
})
