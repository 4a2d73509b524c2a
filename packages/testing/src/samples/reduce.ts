// Samples of reductions, softmax and its kin, and random numbers.

import type { ReduceOptions, Shape } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { distinct, exactly, float, type OpSample } from './sample.ts'

const reduced: readonly (readonly [Shape, ReduceOptions])[] = [
  [[2, 3, 4], {}],
  [[2, 3, 4], { axes: [1], keepDims: true }],
  [[2, 3, 4], { axes: [0, 2] }],
  [[2, 3, 4], { axes: [-1] }],
  [[3], { axes: [] }],
  [[1, 1], {}],
  [[], {}],
  [[0, 3], { axes: [1] }],
]

const { sum, mean, max, min, prod, variance, softmax, logSoftmax } = core
const reductions: readonly OpSample[] = [
  ...Object.entries({ sum, mean, max, min, prod, variance }).flatMap(([op, f]) =>
    reduced.map(
      ([shape, options]): OpSample => ({
        op,
        title: `[${shape.join(', ')}] ${JSON.stringify(options)}`,
        inputs: [distinct(shape)],
        build: (x) => f(x, options),
      }),
    ),
  ),
  { op: 'sum', title: 'nothing', inputs: [float([0, 3])], build: (x) => core.sum(x) },
  { op: 'sum', title: 'nothing, along one axis', inputs: [float([0, 3])], build: (x) => core.sum(x, { axes: [0] }) },
  {
    op: 'max',
    title: 'ties',
    inputs: [exactly('float32', [2, 3], [1, 2, 2, 0, 0, 0])],
    build: (x) => core.max(x, { axes: [1] }),
    gradient: false,
  },
  {
    op: 'min',
    title: 'ties',
    inputs: [exactly('float32', [2, 3], [1, 2, 1, 0, 0, 0])],
    build: (x) => core.min(x, { axes: [1] }),
    gradient: false,
  },
]

const products: readonly OpSample[] = [
  { op: 'prod', title: 'nothing', inputs: [float([0, 3])], build: (x) => core.prod(x, { axes: [0] }) },
  { op: 'prod', title: 'all of nothing', inputs: [float([0, 3])], build: (x) => core.prod(x) },
  { op: 'prod', title: 'an odd number', inputs: [float([2, 7])], build: (x) => core.prod(x, { axes: [1] }) },
  {
    op: 'prod',
    title: 'zeros',
    inputs: [exactly('float32', [3, 3], [1, 0, 2, 0, 3, 0, 0, 0, 0])],
    build: (x) => core.prod(x, { axes: [1] }),
  },
]

const running: readonly OpSample[] = [[3, 4], [2, 3, 2], [1], [5], [0, 3], [3, 0]].flatMap((shape): OpSample[] => {
  const title = `[${shape.join(', ')}]`
  return [
    { op: 'cumsum', title, inputs: [float(shape)], build: (x) => core.cumsum(x) },
    { op: 'cumsum', title: `${title}, rows`, inputs: [float(shape)], build: (x) => core.cumsum(x, 0) },
    {
      op: 'cumsum',
      title: `${title}, from the end`,
      inputs: [float(shape)],
      build: (x) => core.cumsum(x, -1, { reverse: true }),
    },
  ]
})

const normalized: readonly OpSample[] = Object.entries({ softmax, logSoftmax }).flatMap(([op, f]): OpSample[] => [
  { op, title: 'the last axis', inputs: [float([2, 3, 4], { low: -2, high: 2 })], build: (x) => f(x) },
  { op, title: 'the first axis', inputs: [float([3, 2])], build: (x) => f(x, 0) },
  { op, title: 'one element', inputs: [float([2, 1])], build: (x) => f(x) },
  { op, title: 'no rows', inputs: [float([0, 3])], build: (x) => f(x) },
  {
    op,
    title: 'large numbers',
    inputs: [exactly('float32', [2, 3], [900, 901, 899, -900, -905, 20])],
    build: (x) => f(x),
  },
])

const key = exactly('uint32', [2], [0x12345678, 0x9abcdef0])
const random: readonly OpSample[] = [
  ...[[], [1], [5], [3, 4], [0]].flatMap((shape): OpSample[] => [
    { op: 'randomBits', title: `[${shape.join(', ')}]`, inputs: [key], build: (k) => core.randomBits(k, shape) },
    {
      op: 'randomUniform',
      title: `[${shape.join(', ')}]`,
      inputs: [key],
      build: (k) => core.randomUniform(k, shape),
      exact: true,
    },
    { op: 'bernoulli', title: `[${shape.join(', ')}]`, inputs: [key], build: (k) => core.bernoulli(k, 0.3, shape) },
  ]),
  ...[0, 1, 0.5, 0.7].map(
    (p): OpSample => ({
      op: 'bernoulli',
      title: `probability ${p} as a tensor`,
      inputs: [key, exactly('float32', [], [p])],
      build: (k, probability) => core.bernoulli(k, probability, [65]),
      gradient: false,
    }),
  ),
  { op: 'foldKey', title: 'a name', inputs: [key], build: (k) => core.foldKey(k, 'dense_1#0') },
  { op: 'foldKey', title: 'a number', inputs: [key], build: (k) => core.foldKey(k, 4_000_000_000) },
  {
    op: 'foldKey',
    title: 'twice, then bits',
    inputs: [key],
    build: (k) => core.randomBits(core.foldKey(core.foldKey(k, 'a'), 1), [3]),
  },
]

export const reduceSamples: readonly OpSample[] = [...reductions, ...products, ...running, ...normalized, ...random]
