// How the golden vectors' ops are written with core's.

import type { Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'

type Options = Readonly<Record<string, unknown>>
type Inputs = Readonly<Record<string, Tensor>>
type Builder = (inputs: Inputs, options: Options) => Tensor

const numbers = (x: unknown) => x as number[]
const number = (x: unknown) => x as number
const pair = (x: unknown) => x as [number, number]
const of = (name: string) => (inputs: Inputs) => inputs[name] as Tensor
const x = of('x')

const one =
  (f: (x: Tensor) => Tensor): Builder =>
  (inputs) =>
    f(x(inputs))
const two =
  (f: (a: Tensor, b: Tensor) => Tensor): Builder =>
  (inputs) =>
    f(of('a')(inputs), of('b')(inputs))
const reduction =
  (f: (x: Tensor, options: core.ReduceOptions) => Tensor): Builder =>
  (inputs, { axes, keepdims }) =>
    f(x(inputs), { ...(axes === null ? {} : { axes: numbers(axes) }), keepDims: keepdims === true })

const { add, sub, mul, div, exp, log, clip, tanh, sigmoid, sqrt, square, sum } = core

/** [h, w] on both sides. */
function symmetric(padding: unknown): [number, number, number, number] {
  const [height, width] = pair(padding)
  return [height, width, height, width]
}

function withBias(y: Tensor, inputs: Inputs): Tensor {
  return inputs.bias === undefined ? y : add(y, core.reshape(inputs.bias, [-1, 1, 1]))
}

/** Σ (x − mean)² / (n − correction) */
function deviation(from: Tensor, options: Options): Tensor {
  const axes = options.axes === null ? from.shape.map((_, axis) => axis) : numbers(options.axes)
  const count = core
    .normalizeAxes('golden', axes, from.shape.length)
    .reduce((n, axis) => n * (from.shape[axis] as number), 1)
  const biased = core.variance(from, { axes, keepDims: options.keepdims === true })
  return mul(biased, count / (count - number(options.correction)))
}

function logSumExp(from: Tensor, axis: number, keepDims: boolean): Tensor {
  const most = core.stopGradient(core.max(from, { axes: [axis], keepDims: true }))
  const total = add(log(sum(exp(sub(from, most)), { axes: [axis], keepDims: true })), most)
  return keepDims ? total : sum(total, { axes: [axis] })
}

function tile(from: Tensor, repeats: readonly number[]): Tensor {
  return repeats.reduce(
    (sofar, count, axis) =>
      core.concat(
        Array.from({ length: count }, () => sofar),
        axis,
      ),
    from,
  )
}

/** Core multiplies matrices; a vector is one of a single row or column. */
function matmul(inputs: Inputs, options: Options): Tensor {
  const [a, b] = [of('a')(inputs), of('b')(inputs)]
  const left = a.shape.length === 1 ? core.reshape(a, [1, -1]) : a
  const right = b.shape.length === 1 ? core.reshape(b, [-1, 1]) : b
  const y = core.matmul(left, right, {
    transposeA: options.transpose_a === true,
    transposeB: options.transpose_b === true,
  })
  const columns = b.shape.length === 1 ? core.reshape(y, y.shape.slice(0, -1)) : y
  return a.shape.length === 1
    ? core.reshape(
        columns,
        columns.shape.filter((_, axis) => axis !== y.shape.length - 2),
      )
    : columns
}

function conv2d(inputs: Inputs, { stride, padding, dilation, groups }: Options): Tensor {
  const options = {
    strides: pair(stride),
    padding: symmetric(padding),
    dilations: pair(dilation),
    groups: number(groups),
  }
  return withBias(core.conv2d(x(inputs), of('weight')(inputs), options), inputs)
}

/** A convolution of images of height 1. */
function conv1d(inputs: Inputs, options: Options): Tensor {
  const flat = (at: Tensor) => core.reshape(at, at.shape.toSpliced(2, 0, 1))
  const [stride, padding, dilation] = [options.stride, options.padding, options.dilation].map(
    (list) => numbers(list)[0],
  )
  const images = { x: flat(x(inputs)), weight: flat(of('weight')(inputs)), ...(inputs.bias && { bias: inputs.bias }) }
  const y = conv2d(images, {
    stride: [1, stride],
    padding: [0, padding],
    dilation: [1, dilation],
    groups: options.groups,
  })
  return core.reshape(y, y.shape.toSpliced(2, 1))
}

function convTranspose(inputs: Inputs, { stride, padding, dilation, groups, output_padding }: Options): Tensor {
  const [y, kernel] = [x(inputs), of('weight')(inputs)]
  const [batch, , height, width] = y.shape as [number, number, number, number]
  const length = (axis: 0 | 1, windows: number) =>
    (windows - 1) * pair(stride)[axis] -
    2 * pair(padding)[axis] +
    pair(dilation)[axis] * ((kernel.shape[axis + 2] as number) - 1) +
    pair(output_padding)[axis] +
    1
  const options = {
    strides: pair(stride),
    padding: symmetric(padding),
    dilations: pair(dilation),
    groups: number(groups),
  }
  const image = [batch, (kernel.shape[1] as number) * options.groups, length(0, height), length(1, width)]
  return withBias(core.convInputGradient(y, kernel, image, options), inputs)
}

function pooling({ kernel, stride, padding, ceil_mode }: Options): core.PoolingOptions {
  return { size: pair(kernel), strides: pair(stride), padding: symmetric(padding), ceilMode: ceil_mode === true }
}

export const builders: Readonly<Record<string, Builder>> = {
  matmul,
  conv2d,
  conv1d,
  conv_transpose2d: convTranspose,
  max_pool2d: (inputs, options) =>
    core.maxPool2d(x(inputs), { ...pooling(options), dilations: pair(options.dilation) }),
  avg_pool2d: (inputs, options) =>
    core.averagePool2d(x(inputs), { ...pooling(options), countPadding: options.count_include_pad === true }),
  adaptive_avg_pool2d: (inputs, options) => core.adaptiveAveragePool2d(x(inputs), pair(options.output_size)),
  relu: one(core.relu),
  leaky_relu: (inputs, options) => core.leakyRelu(x(inputs), number(options.negative_slope)),
  elu: (inputs, options) => core.elu(x(inputs), number(options.alpha)),
  selu: one(core.selu),
  gelu: (inputs, options) => (options.approximate === 'none' ? core.gelu : core.geluTanh)(x(inputs)),
  silu: one(core.silu),
  softplus: (inputs, options) => div(core.softplus(mul(x(inputs), number(options.beta))), number(options.beta)),
  sigmoid: one(sigmoid),
  tanh: one(tanh),
  relu6: one((at) => clip(at, 0, 6)),
  hardtanh: (inputs, options) => clip(x(inputs), number(options.min), number(options.max)),
  hardsigmoid: one((at) => div(clip(add(at, 3), 0, 6), 6)),
  hardswish: one((at) => mul(at, div(clip(add(at, 3), 0, 6), 6))),
  mish: one((at) => mul(at, tanh(core.softplus(at)))),
  softsign: one((at) => div(at, add(core.abs(at), 1))),
  log_sigmoid: one((at) => core.neg(core.softplus(core.neg(at)))),
  softmax: (inputs, options) => core.softmax(x(inputs), number(options.axis)),
  log_softmax: (inputs, options) => core.logSoftmax(x(inputs), number(options.axis)),
  logsumexp: (inputs, options) => logSumExp(x(inputs), number(options.axis), options.keepdims === true),
  sum: reduction(sum),
  mean: reduction(core.mean),
  max: reduction(core.max),
  min: reduction(core.min),
  var: (inputs, options) => deviation(x(inputs), options),
  std: (inputs, options) => sqrt(deviation(x(inputs), options)),
  norm2: reduction((at, options) => sqrt(sum(square(at), options))),
  argmax: (inputs, options) => core.argMax(x(inputs), number(options.axis)),
  argmin: (inputs, options) => core.argMax(core.neg(x(inputs)), number(options.axis)),
  cumsum: (inputs, options) => core.cumsum(x(inputs), number(options.axis)),
  prod: (inputs, options) => core.prod(x(inputs), { axes: [number(options.axis)] }),
  gather: (inputs, options) => core.gatherElements(x(inputs), of('index')(inputs), number(options.axis)),
  index_select: (inputs, options) => core.gather(x(inputs), of('index')(inputs), number(options.axis)),
  scatter_add: (inputs, options) =>
    add(
      x(inputs),
      core.scatterElementsAdd(
        of('src')(inputs),
        of('index')(inputs),
        x(inputs).shape[number(options.axis)] as number,
        number(options.axis),
      ),
    ),
  one_hot: (inputs, options) => core.oneHot(of('index')(inputs), number(options.num_classes)),
  concat: (inputs, options) => core.concat(Object.values(inputs), number(options.axis)),
  stack: (inputs, options) => core.stack(Object.values(inputs), number(options.axis)),
  slice: (inputs, { begin, end, step }) =>
    core.slice(
      x(inputs),
      numbers(begin).map((start, axis) => ({
        axis,
        start,
        end: numbers(end)[axis] as number,
        step: numbers(step)[axis] as number,
      })),
    ),
  pad: (inputs, { pads, mode, value }) =>
    core.pad(
      x(inputs),
      (pads as [number, number][]).map(([before, after], axis) => ({ axis, before, after })),
      { mode: mode as core.PadOptions['mode'], ...(value === undefined ? {} : { value: number(value) }) },
    ),
  transpose: (inputs, options) => core.transpose(x(inputs), numbers(options.perm)),
  reshape: (inputs, options) => core.reshape(x(inputs), numbers(options.shape)),
  broadcast_to: (inputs, options) => core.broadcastTo(x(inputs), numbers(options.shape)),
  tile: (inputs, options) => tile(x(inputs), numbers(options.reps)),
  flip: (inputs, options) => numbers(options.axes).reduce(core.flip, x(inputs)),
  where: ({ condition, a, b }) => core.where(condition as Tensor, a as Tensor, b as Tensor),
  clamp: (inputs, { min, max }) =>
    core.clip(
      x(inputs),
      min === null ? Number.NEGATIVE_INFINITY : number(min),
      max === null ? Number.POSITIVE_INFINITY : number(max),
    ),
  add: two(add),
  sub: two(sub),
  mul: two(mul),
  div: two(div),
  pow: two(core.pow),
  maximum: two(core.maximum),
  minimum: two(core.minimum),
  exp: one(exp),
  log: one(log),
  sqrt: one(sqrt),
  rsqrt: one((at) => div(1, sqrt(at))),
  reciprocal: one((at) => div(1, at)),
  abs: one(core.abs),
  square: one(square),
  neg: one(core.neg),
  sin: one(core.sin),
  cos: one(core.cos),
  log1p: one((at) => log(add(at, 1))),
  expm1: one((at) => sub(exp(at), 1)),
  erf: one(core.erf),
}
