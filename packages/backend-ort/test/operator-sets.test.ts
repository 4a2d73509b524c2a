// Every op of core in plain ONNX Runtime under each operator set, against the reference.

import {
  adaptiveAveragePool2d,
  adaptiveMaxPool2d,
  add,
  argMax,
  averagePool2d,
  bernoulli,
  bitwiseXor,
  broadcastTo,
  cast,
  concat,
  conv2d,
  cos,
  cumsum,
  div,
  elu,
  equal,
  erf,
  evaluate,
  exp,
  flip,
  floor,
  foldKey,
  gather,
  gatherElements,
  geluTanh,
  gradients,
  greater,
  gridSample,
  input,
  leakyRelu,
  less,
  log,
  logSoftmax,
  matmul,
  max,
  maximum,
  maxPool2d,
  mean,
  min,
  mul,
  not,
  numbers,
  oneHot,
  pad,
  pow,
  prod,
  program,
  randomUniform,
  relu,
  reshape,
  scalar,
  scatterAdd,
  scatterElementsAdd,
  selu,
  shiftRight,
  sigmoid,
  slice,
  softmax,
  softplus,
  sqrt,
  sum,
  type Tensor,
  tanh,
  transpose,
  type Values,
  valueOf,
  variance,
  where,
} from '@gradwerk/core'
import { lowerProgram, newestOpset } from '@gradwerk/onnx'
import { expect, test } from 'vitest'
import { loadNodeRuntime } from '../src/runtime-node.ts'
import { drawn } from './programs.ts'

const x = input('x', [2, 3])
const p = input('p', [2, 3])
const image = input('image', [2, 4, 6, 6])
const kernel = input('kernel', [3, 4, 3, 3])
const grouped = input('grouped', [4, 2, 3, 3])
const stack = input('stack', [2, 4, 3])
const bytes = input('bytes', [5], 'uint8')
const indices = input('indices', [4], 'int32')
const along = input('along', [2, 2], 'int64')
const words = input('words', [3], 'uint32')
const key = input('key', [2], 'uint32')

const padded = { strides: [2, 2], padding: [1, 1, 1, 1] } as const
const outputs: Record<string, Tensor> = {
  add: add(x, p),
  div: div(x, p),
  pow: pow(p, x),
  maximum: maximum(x, p),
  bitwiseXor: bitwiseXor(words, shiftRight(words, scalar(3, 'uint32'))),
  comparisons: concat([equal(x, x), less(x, p), not(greater(x, p))], 0),
  unsigned: less(words, 2 ** 31),
  unary: concat([exp(x), log(p), sqrt(p), cos(x), tanh(x), sigmoid(x), erf(x), relu(x), softplus(x), floor(x)], 0),
  composites: concat([softmax(x), logSoftmax(x, 0), leakyRelu(x, 0.1), elu(x), selu(x), geluTanh(x)], 0),
  sum: sum(x, { axes: [1] }),
  extrema: concat([max(x, { axes: [1], keepDims: true }), min(x, { axes: [1], keepDims: true })], 1),
  moments: add(mean(x, { axes: [0] }), variance(x, { axes: [0] })),
  argMax: argMax(x),
  matmul: matmul(x, p, { transposeB: true }),
  stacked: matmul(stack, stack, { transposeA: true }),
  shared: matmul(stack, p, { transposeB: true }),
  movement: transpose(
    flip(
      slice(pad(broadcastTo(reshape(x, [2, 3, 1]), [2, 3, 2]), [{ axis: 1, before: 1, after: 2 }]), [
        { axis: 1, start: 0, end: 6, step: 2 },
      ]),
      1,
    ),
    [2, 0, 1],
  ),
  where: where(greater(x, 0), x, 0),
  cast: cast(bytes, 'float32'),
  truncated: cast(x, 'int32'),
  gather: gather(x, along, 1),
  scatterAdd: scatterAdd(gather(p, indices), indices, 3),
  elements: gatherElements(x, along, 1),
  scatterElementsAdd: scatterElementsAdd(slice(p, [{ axis: 1, start: 0, end: 2 }]), along, 3, 1),
  oneHot: oneHot(indices, 3),
  conv2d: conv2d(image, kernel, padded),
  grouped: conv2d(image, grouped, { groups: 2, dilations: [2, 2] }),
  maxPool2d: maxPool2d(image, { size: [2, 2] }),
  averagePool2d: averagePool2d(image, { size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] }),
  partial: averagePool2d(image, { size: [3, 3], strides: [2, 2], padding: [1, 0, 0, 1], ceilMode: true }),
  adaptive: concat([adaptiveAveragePool2d(image, [4, 5]), adaptiveMaxPool2d(image, [4, 5])], 0),
  products: add(prod(p, { axes: [1], keepDims: true }), cumsum(x, 1, { reverse: true })),
  borders: concat(
    (['constant', 'reflect', 'replicate'] as const).map((mode) =>
      pad(x, [{ axis: 1, before: 2, after: 1 }], { mode, value: 3 }),
    ),
    0,
  ),
  gridSample: gridSample(image, reshape(slice(kernel, [{ axis: 0, start: 0, end: 2 }]), [2, 3, 6, 2])),
  random: add(mul(randomUniform(foldKey(key, 'a'), [5]), 2), cast(bernoulli(key, 0.5, [5]), 'float32')),
}
for (const name of [
  'conv2d',
  'grouped',
  'maxPool2d',
  'averagePool2d',
  'partial',
  'adaptive',
  'products',
  'borders',
  'moments',
  'pow',
  'composites',
  'stacked',
  'gather',
  'elements',
]) {
  const output = outputs[name] as Tensor
  const seeds = drawn(output)
  const targets = [x, p, image, kernel, grouped, stack]
  const loss = sum(mul(output, seedsOf(seeds.data.length, output)))
  gradients(loss, targets).forEach((gradient, i) => {
    if (gradient.op.name !== 'constant') outputs[`${name}/${i}`] = gradient
  })
}

/** Cotangents that are all different. */
function seedsOf(length: number, { shape }: Tensor): Tensor {
  const ramp = valueOf(
    'float32',
    shape,
    Float64Array.from({ length }, (_, i) => 0.5 + ((i * 7) % 11) / 11),
  )
  return add({ op: { name: 'constant', attributes: {}, value: ramp }, inputs: [], dtype: 'float32', shape }, 0)
}

const shared = { x, p, image, kernel, grouped, stack, bytes, indices, along, words, key }
const values: Values = {
  x: drawn(x),
  p: valueOf('float32', [2, 3], [0.5, 1, 2, 0.1, 3, 1.5]),
  image: drawn(image),
  kernel: drawn(kernel),
  grouped: drawn(grouped),
  stack: drawn(stack),
  bytes: drawn(bytes, 256),
  indices: valueOf('int32', [4], [1, 0, 1, 1]),
  along: valueOf('int64', [2, 2], [2, 0, 1, 1]),
  words: drawn(words, 2 ** 32 - 1),
  key: drawn(key, 2 ** 32 - 1),
}

// bitwise operators came with operator set 18
const opsets = Array.from({ length: newestOpset - 17 }, (_, i) => i + 18)

test.each([17, ...opsets])('operator set %i', async (opset) => {
  const chosen = Object.entries(outputs).filter(([name]) => opset > 17 || (name !== 'bitwiseXor' && name !== 'random'))
  const runtime = await loadNodeRuntime()
  const model = lowerProgram(
    program({
      name: 'ops',
      shared,
      inputs: {},
      state: {},
      outputs: Object.fromEntries(chosen.map(([name, t]) => [`y.${name}`, t])),
    }),
    { opset },
  )
  const session = await runtime.createSession(model, { threads: 1, spinMicroseconds: 0 })
  const got = await session.run(values)
  const expected = evaluate(
    chosen.map(([, tensor]) => tensor),
    values,
  )
  for (const [i, [name]] of chosen.entries()) {
    const [a, b] = [expected[i], got[`y.${name}`]]
    if (a === undefined || b === undefined) throw new Error(`${name} is missing`)
    expect([name, b.dtype, b.shape]).toEqual([name, a.dtype, a.shape])
    const right = numbers(b)
    for (const [j, x] of [...numbers(a)].entries())
      expect(Math.abs(x - (right[j] as number)), `${name}[${j}]: ${x} and ${right[j]}`).toBeLessThan(1e-4)
  }
})
