// Samples of matrix products, convolutions and pooling.

import * as core from '@gradwerk/core'
import { distinct, exactly, float, type OpSample } from './sample.ts'

const flags = [false, true]
const products: readonly OpSample[] = [
  ...flags.flatMap((transposeA) =>
    flags.flatMap((transposeB): OpSample[] => [
      {
        op: 'matmul',
        title: `[2, 3] · [3, 4]${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
        inputs: [float(transposeA ? [3, 2] : [2, 3]), float(transposeB ? [4, 3] : [3, 4])],
        build: (a, b) => core.matmul(a, b, { transposeA, transposeB }),
      },
      {
        op: 'matmul',
        title: `square${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
        inputs: [float([3, 3]), float([3, 3])],
        build: (a, b) => core.matmul(a, b, { transposeA, transposeB }),
      },
      {
        op: 'matmul',
        title: `stacks${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
        inputs: [float(transposeA ? [2, 1, 3, 2] : [2, 1, 2, 3]), float(transposeB ? [5, 4, 3] : [5, 3, 4])],
        build: (a, b) => core.matmul(a, b, { transposeA, transposeB }),
      },
    ]),
  ),
  {
    op: 'matmul',
    title: 'a stack with one matrix',
    inputs: [float([2, 3, 4]), float([4, 2])],
    build: (a, b) => core.matmul(a, b),
  },
  { op: 'matmul', title: 'of itself', inputs: [float([3, 3])], build: (a) => core.matmul(a, a, { transposeB: true }) },
  { op: 'matmul', title: 'over nothing', inputs: [float([2, 0]), float([0, 3])], build: (a, b) => core.matmul(a, b) },
  { op: 'matmul', title: 'no rows', inputs: [float([0, 2]), float([2, 3])], build: (a, b) => core.matmul(a, b) },
]

interface Geometry extends core.ConvolutionOptions {
  readonly title: string
  readonly x: core.Shape
  readonly kernel: core.Shape
}

const geometries: readonly Geometry[] = [
  { title: 'plain', x: [2, 3, 5, 4], kernel: [4, 3, 3, 2] },
  { title: 'one tap', x: [1, 2, 3, 3], kernel: [3, 2, 1, 1] },
  { title: 'strided', x: [2, 2, 6, 7], kernel: [3, 2, 3, 3], strides: [2, 3] },
  { title: 'strided, with rows left over', x: [1, 2, 6, 6], kernel: [2, 2, 3, 3], strides: [2, 2] },
  { title: 'padded', x: [1, 2, 4, 4], kernel: [2, 2, 3, 3], padding: [1, 1, 1, 1] },
  { title: 'padded unequally', x: [1, 1, 4, 4], kernel: [2, 1, 3, 2], padding: [0, 1, 2, 0] },
  { title: 'dilated', x: [1, 2, 6, 7], kernel: [2, 2, 2, 3], dilations: [2, 3] },
  { title: 'grouped', x: [2, 4, 4, 4], kernel: [6, 2, 2, 2], groups: 2 },
  { title: 'depthwise', x: [2, 3, 4, 4], kernel: [3, 1, 3, 3], groups: 3, padding: [1, 1, 1, 1] },
  {
    title: 'all at once',
    x: [2, 4, 7, 8],
    kernel: [2, 2, 2, 3],
    groups: 2,
    strides: [2, 1],
    dilations: [2, 2],
    padding: [1, 2, 0, 1],
  },
]

const convolutions: readonly OpSample[] = geometries.flatMap(({ title, x, kernel, ...options }): OpSample[] => {
  const { shape } = core.conv2d(core.input('x', x), core.input('k', kernel), options)
  return [
    { op: 'conv2d', title, inputs: [float(x), float(kernel)], build: (a, k) => core.conv2d(a, k, options) },
    {
      op: 'convInputGradient',
      title,
      inputs: [float(shape), float(kernel)],
      build: (y, k) => core.convInputGradient(y, k, x, options),
    },
    {
      op: 'convKernelGradient',
      title,
      inputs: [float(x), float(shape)],
      build: (a, y) => core.convKernelGradient(a, y, kernel, options),
    },
  ]
})

const pools: readonly (core.PoolingOptions & { readonly title: string; readonly x: core.Shape })[] = [
  { title: 'halves', x: [2, 2, 4, 6], size: [2, 2] },
  { title: 'with rows left over', x: [1, 2, 5, 5], size: [2, 2] },
  { title: 'overlapping', x: [2, 2, 5, 4], size: [3, 3], strides: [1, 1] },
  { title: 'padded', x: [1, 2, 6, 7], size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  { title: 'padded unequally', x: [1, 1, 5, 5], size: [3, 2], strides: [2, 1], padding: [2, 0, 1, 1] },
  { title: 'reaching beyond the image', x: [2, 2, 6, 7], size: [2, 2], ceilMode: true },
  {
    title: 'reaching beyond the padding',
    x: [1, 2, 6, 5],
    size: [3, 3],
    strides: [2, 2],
    padding: [1, 0, 0, 1],
    ceilMode: true,
  },
  { title: 'larger than the image', x: [1, 1, 2, 2], size: [3, 3], strides: [2, 2], ceilMode: true },
  { title: 'no window begins beyond the image', x: [1, 1, 4, 4], size: [1, 2], strides: [3, 3], ceilMode: true },
]

const pooling: readonly OpSample[] = [
  ...pools.flatMap(({ title, x, ...options }): OpSample[] => [
    { op: 'maxPool2d', title, inputs: [distinct(x)], build: (a) => core.maxPool2d(a, options) },
    { op: 'averagePool2d', title, inputs: [float(x)], build: (a) => core.averagePool2d(a, options) },
    {
      op: 'averagePool2d',
      title: `${title}, padding does not count`,
      inputs: [float(x)],
      build: (a) => core.averagePool2d(a, { ...options, countPadding: false }),
    },
  ]),
  {
    op: 'maxPool2d',
    title: 'dilated',
    inputs: [distinct([1, 2, 6, 7])],
    build: (a) => core.maxPool2d(a, { size: [2, 3], strides: [1, 1], dilations: [2, 2] }),
  },
  {
    op: 'maxPool2d',
    title: 'dilated, reaching beyond the image',
    inputs: [distinct([2, 2, 9, 8])],
    build: (a) =>
      core.maxPool2d(a, { size: [2, 2], strides: [3, 2], dilations: [3, 4], padding: [1, 0, 0, 1], ceilMode: true }),
  },
  {
    op: 'maxPool2d',
    title: 'ties',
    inputs: [exactly('float32', [1, 1, 2, 4], [1, 1, 0, 2, 1, 0, 2, 2])],
    build: (a) => core.maxPool2d(a, { size: [2, 2] }),
    gradient: false,
  },
  {
    op: 'maxPool2d',
    title: 'all negative, padded',
    inputs: [float([1, 1, 3, 3], { low: -2, high: -1 })],
    build: (a) => core.maxPool2d(a, { size: [2, 2], padding: [1, 1, 0, 0] }),
  },
]

const adapted: readonly OpSample[] = (
  [
    ['to one', [2, 3, 4, 5], [1, 1]],
    ['divisible', [1, 2, 4, 6], [2, 3]],
    ['overlapping', [2, 2, 5, 7], [2, 3]],
    ['one axis divisible', [1, 2, 4, 5], [2, 3]],
    ['larger', [1, 2, 3, 2], [5, 3]],
  ] as const
).flatMap(([title, x, size]): OpSample[] => [
  { op: 'adaptiveAveragePool2d', title, inputs: [float(x)], build: (a) => core.adaptiveAveragePool2d(a, size) },
  { op: 'adaptiveMaxPool2d', title, inputs: [distinct(x)], build: (a) => core.adaptiveMaxPool2d(a, size) },
])

export const linearSamples: readonly OpSample[] = [
  ...products,
  ...convolutions,
  ...pooling,
  ...adapted,
  {
    op: 'adaptiveMaxPool2d',
    title: 'ties',
    inputs: [exactly('float32', [1, 1, 3, 3], [1, 2, 2, 0, 2, 1, 2, 2, 0])],
    build: (a) => core.adaptiveMaxPool2d(a, [2, 2]),
    gradient: false,
  },
]
