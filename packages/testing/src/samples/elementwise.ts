// Samples of elementwise ops.

import type { Shape, Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import type { NumberRange } from '../values.ts'
import { any, apart, distinct, exactly, float, type OpSample, type SampleInput } from './sample.ts'

const shapes: readonly Shape[] = [[], [1], [0], [3, 0, 2], [2, 3]]

/** One float input of every shape. */
function ofOne(
  op: string,
  f: (x: Tensor) => Tensor,
  range: NumberRange = {},
  more: Partial<OpSample> = {},
): OpSample[] {
  return shapes.map((shape) => ({
    op,
    title: `[${shape.join(', ')}]`,
    inputs: [float(shape, range)],
    build: f,
    ...more,
  }))
}

const unary: readonly OpSample[] = [
  ...ofOne('neg', core.neg),
  ...ofOne('abs', core.abs, { gap: 0.1 }),
  ...ofOne('sign', core.sign, { gap: 0.1 }),
  ...ofOne('floor', core.floor, { gap: 0.1, low: -0.9, high: 0.9 }),
  ...ofOne('exp', core.exp, { low: -2, high: 2 }),
  ...ofOne('log', core.log, { low: 0.2, high: 3 }),
  ...ofOne('sqrt', core.sqrt, { low: 0.2, high: 3 }),
  ...ofOne('sin', core.sin, { low: -4, high: 4 }),
  ...ofOne('cos', core.cos, { low: -4, high: 4 }),
  ...ofOne('tanh', core.tanh, { low: -3, high: 3 }),
  ...ofOne('sigmoid', core.sigmoid, { low: -5, high: 5 }),
  ...ofOne('erf', core.erf, { low: -3, high: 3 }),
  ...ofOne('relu', core.relu, { gap: 0.1 }),
  ...ofOne('softplus', core.softplus, { low: -5, high: 5 }),
  ...ofOne('square', core.square),
  ...ofOne('leakyRelu', (x) => core.leakyRelu(x, 0.2), { gap: 0.1 }),
  ...ofOne('elu', (x) => core.elu(x, 0.7), { gap: 0.1 }),
  ...ofOne('selu', core.selu, { gap: 0.1 }),
  ...ofOne('gelu', core.gelu, { low: -3, high: 3 }),
  ...ofOne('geluTanh', core.geluTanh, { low: -3, high: 3 }),
  ...ofOne('silu', core.silu, { low: -3, high: 3 }),
  ...ofOne('stopGradient', (x) => core.mul(core.stopGradient(x), x)),
  {
    op: 'clip',
    title: 'inside and outside',
    inputs: [exactly('float32', [4], [-2, -0.3, 0.4, 3])],
    build: (x) => core.clip(x, -1, 1),
  },
  {
    // The composition gave the lower bound below it, ONNX Runtime the upper one everywhere.
    op: 'clip',
    title: 'bounds in the wrong order',
    inputs: [exactly('float32', [4], [-2, -0.3, 0.4, 3])],
    build: (x) => core.clip(x, 1, -1),
  },
  { op: 'sigmoid', title: 'large numbers', inputs: [exactly('float32', [4], [-90, -20, 20, 90])], build: core.sigmoid },
  {
    op: 'softplus',
    title: 'large numbers',
    inputs: [exactly('float32', [4], [-90, -20, 20, 90])],
    build: core.softplus,
  },
  { op: 'tanh', title: 'large numbers', inputs: [exactly('float32', [2], [-50, 50])], build: core.tanh },
  { op: 'erf', title: 'large numbers', inputs: [exactly('float32', [4], [-7, -5, 5, 7])], build: core.erf },
  { op: 'relu', title: 'at 0', inputs: [exactly('float32', [2], [0, 1])], build: core.relu, gradient: false },
  { op: 'sign', title: 'at 0', inputs: [exactly('float32', [3], [0, -2, 5])], build: core.sign, gradient: false },
  {
    op: 'floor',
    title: 'both signs',
    inputs: [exactly('float32', [4], [-1.5, -0.2, 0.7, 2])],
    build: core.floor,
    gradient: false,
  },
]

/** Shapes of two operands: equal, broadcast either way and both ways, scalars, empty. */
const pairs: readonly (readonly [Shape, Shape])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[3, 4], [4]],
  [[1], [2, 2]],
  [
    [3, 1, 2],
    [4, 1],
  ],
  [[2, 3], []],
  [[], []],
  [[0, 3], [3]],
]

function ofTwo(op: string, f: (a: Tensor, b: Tensor) => Tensor, a: NumberRange = {}, b: NumberRange = a): OpSample[] {
  return pairs.map(([left, right]) => ({
    op,
    title: `[${left.join(', ')}] with [${right.join(', ')}]`,
    inputs: [float(left, a), float(right, b)],
    build: f,
  }))
}

/** Two halves of distinct numbers, so that no pair is close to a tie. */
function withoutTies(op: string, f: (a: Tensor, b: Tensor) => Tensor): OpSample[] {
  const half = (start: number) => (x: Tensor) => core.slice(x, [{ axis: 0, start, end: start + 3 }])
  return [
    { op, title: 'distinct', inputs: [distinct([6, 2])], build: (x) => f(half(0)(x), half(3)(x)) },
    {
      op,
      title: 'distinct, broadcast',
      inputs: [distinct([12])],
      build: (x) => f(half(0)(x), core.reshape(half(4)(x), [3, 1])),
    },
    {
      op,
      title: 'ties',
      inputs: [exactly('float32', [2], [1, 2]), exactly('float32', [2], [1, 3])],
      build: f,
      gradient: false,
    },
  ]
}

const binary: readonly OpSample[] = [
  ...ofTwo('add', core.add),
  ...ofTwo('sub', core.sub),
  ...ofTwo('mul', core.mul),
  ...ofTwo('div', core.div, {}, { gap: 0.4 }),
  ...ofTwo('pow', core.pow, { low: 0.3, high: 2 }, { low: -2, high: 2 }),
  ...withoutTies('maximum', core.maximum),
  ...withoutTies('minimum', core.minimum),
  { op: 'add', title: 'a number', inputs: [float([3])], build: (x) => core.add(1.5, x) },
  { op: 'add', title: 'the same tensor twice', inputs: [float([2, 2])], build: (x) => core.add(x, x) },
  {
    op: 'add',
    title: 'two operands that were broadcast',
    inputs: [float([1, 3]), float([2, 1])],
    build: (a, b) => core.add(core.broadcastTo(a, [2, 3]), core.broadcastTo(b, [2, 3])),
  },
  {
    op: 'mul',
    title: 'two operands that were broadcast from one number each',
    inputs: [float([1]), float([])],
    build: (a, b) => core.mul(core.broadcastTo(a, [2, 3]), core.broadcastTo(b, [2, 3])),
  },
  { op: 'pow', title: 'whole powers of negative numbers', inputs: [apart([3, 2])], build: (x) => core.pow(x, 3) },
  ...(['int32', 'uint32'] as const).flatMap((dtype) =>
    Object.entries({ add: core.add, sub: core.sub, mul: core.mul }).map(
      ([op, f]): OpSample => ({
        op,
        title: `${dtype}, with overflow`,
        inputs: [any(dtype, [2, 3], { low: 0, high: 2 ** 31 - 1 }), any(dtype, [3], { low: 0, high: 2 ** 31 - 1 })],
        build: f,
      }),
    ),
  ),
]

const words: SampleInput = any('uint32', [3, 4])
const bits: readonly OpSample[] = [
  ...Object.entries({ bitwiseAnd: core.bitwiseAnd, bitwiseOr: core.bitwiseOr, bitwiseXor: core.bitwiseXor }).map(
    ([op, f]): OpSample => ({
      op,
      title: 'uint32',
      inputs: [words, any('uint32', [4])],
      build: f,
    }),
  ),
  ...Object.entries({ shiftLeft: core.shiftLeft, shiftRight: core.shiftRight }).flatMap(([op, f]): OpSample[] => [
    { op, title: 'by tensor', inputs: [words, any('uint32', [4], { low: 0, high: 31 })], build: f },
    { op, title: 'by number', inputs: [words], build: (x) => f(x, 13) },
  ]),
]

const { equal, less, lessEqual, greater, greaterEqual } = core
const logic: readonly OpSample[] = [
  ...Object.entries({ equal, less, lessEqual, greater, greaterEqual }).flatMap(([op, f]): OpSample[] => [
    {
      op,
      title: 'int32',
      inputs: [any('int32', [3, 4], { low: 0, high: 2 }), any('int32', [4], { low: 0, high: 2 })],
      build: f,
    },
    { op, title: 'uint32', inputs: [words, exactly('uint32', [], [2 ** 31])], build: f },
    { op, title: 'float32', inputs: [exactly('float32', [3], [-1, 0.5, 2])], build: (x) => f(x, 0.5) },
    { op, title: 'uint8', inputs: [any('uint8', [5], { low: 100, high: 200 })], build: (x) => f(x, 150) },
    { op, title: 'empty', inputs: [any('int32', [0])], build: (x) => f(x, 1) },
  ]),
  { op: 'and', title: 'broadcast', inputs: [any('bool', [3, 4]), any('bool', [4])], build: core.and },
  { op: 'or', title: 'broadcast', inputs: [any('bool', [3, 4]), any('bool', [4])], build: core.or },
  { op: 'not', title: 'bool', inputs: [any('bool', [5])], build: core.not },
]

const selecting: readonly OpSample[] = [
  {
    op: 'where',
    title: 'equal shapes',
    inputs: [any('bool', [3, 4]), float([3, 4]), float([3, 4])],
    build: core.where,
  },
  {
    op: 'where',
    title: 'all broadcast',
    inputs: [any('bool', [3, 1]), float([4]), float([2, 1, 1])],
    build: core.where,
  },
  { op: 'where', title: 'a number', inputs: [any('bool', [3]), float([3])], build: (c, x) => core.where(c, x, 0) },
  { op: 'where', title: 'int32', inputs: [any('bool', [3]), any('int32', [3])], build: (c, x) => core.where(c, x, -1) },
  { op: 'where', title: 'int64', inputs: [any('bool', [3]), any('int64', [3])], build: (c, x) => core.where(c, x, -1) },
  { op: 'where', title: 'uint8', inputs: [any('bool', [3]), any('uint8', [3])], build: (c, x) => core.where(c, x, 0) },
  {
    op: 'cast',
    title: 'float32 to int32',
    inputs: [exactly('float32', [4], [-1.7, -0.2, 0.9, 3.5])],
    build: (x) => core.cast(x, 'int32'),
  },
  {
    op: 'cast',
    title: 'float32 to int64',
    inputs: [exactly('float32', [2], [-1.7, 3.5])],
    build: (x) => core.cast(x, 'int64'),
  },
  {
    op: 'cast',
    title: 'float32 to uint32',
    inputs: [exactly('float32', [2], [1.7, 3e9])],
    build: (x) => core.cast(x, 'uint32'),
  },
  {
    op: 'cast',
    title: 'float32 to bool',
    inputs: [exactly('float32', [3], [-0.2, 0, 3])],
    build: (x) => core.cast(x, 'bool'),
  },
  { op: 'cast', title: 'int32 to float32', inputs: [any('int32', [3])], build: (x) => core.cast(x, 'float32') },
  { op: 'cast', title: 'uint8 to float32', inputs: [any('uint8', [3])], build: (x) => core.cast(x, 'float32') },
  { op: 'cast', title: 'uint32 to float32', inputs: [any('uint32', [3])], build: (x) => core.cast(x, 'float32') },
  { op: 'cast', title: 'int64 to int32', inputs: [any('int64', [3])], build: (x) => core.cast(x, 'int32') },
  { op: 'cast', title: 'int32 to int64', inputs: [any('int32', [3])], build: (x) => core.cast(x, 'int64') },
  { op: 'cast', title: 'bool to float32', inputs: [any('bool', [3])], build: (x) => core.cast(x, 'float32') },
  { op: 'cast', title: 'bool to int32', inputs: [any('bool', [3])], build: (x) => core.cast(x, 'int32') },
]

export const elementwiseSamples: readonly OpSample[] = [...unary, ...binary, ...bits, ...logic, ...selecting]
