// Operators that combine elements along axes.

import type { ReduceOptions, Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { LeftOut } from '../left-out.ts'
import type { NodeCall } from '../node-call.ts'
import { type Operator, type Operators, operator } from './operator.ts'

const { abs, add, exp, log, sub } = core

/** Axes are an input since the given operator set; none given means all of them, unless the node says that it then does nothing. */
function reduction(name: string, since: number, f: (x: Tensor, options: ReduceOptions) => Tensor): Operator {
  return operator(name, (call) => {
    const x = call.tensor(0)
    const axes = call.numbersSince(since, 1, 'axes') ?? []
    const keepDims = call.int('keepdims', 1) === 1
    const nothing = call.int('noop_with_empty_axes', 0) === 1
    if (axes.length === 0 && !nothing) return f(x, { keepDims })
    return f(x, { axes, keepDims })
  })
}

/** The extremum of no elements, which is an infinity in ONNX, core refuses. */
function extremum(name: string, f: typeof core.max): Operator {
  return reduction(name, 18, (x, options) => {
    if (x.shape.includes(0)) throw new LeftOut(`${name} of no elements`)
    return f(x, options)
  })
}

function argMax(call: NodeCall, x: Tensor): Tensor {
  const axis = core.normalizeAxis('argMax', call.int('axis', 0), x.shape.length)
  const last = call.int('select_last_index', 0) === 1
  const found = last ? sub((x.shape[axis] as number) - 1, core.argMax(core.flip(x, axis), axis)) : core.argMax(x, axis)
  const kept = x.shape.map((length, i) => (i === axis ? 1 : length))
  return core.cast(call.int('keepdims', 1) === 1 ? core.reshape(found, kept) : found, 'int64')
}

/** Before operator set 13, all axes from the given one on count as one. */
function alongOrFrom(f: (x: Tensor, axis: number) => Tensor): Operator['build'] {
  return (call) => {
    const x = call.tensor(0)
    const axis = call.int('axis', call.opset < 13 ? 1 : -1)
    if (call.opset >= 13) return f(x, axis)
    const size = x.shape.slice(core.normalizeAxis('softmax', axis, x.shape.length)).reduce((a, b) => a * b, 1)
    return core.reshape(f(core.reshape(x, [-1, size]), 1), x.shape)
  }
}

function cumsum(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const axis = core.normalizeAxis('cumsum', call.numbers(1)?.[0] ?? 0, x.shape.length)
  const reverse = call.int('reverse', 0) === 1
  const sums = core.cumsum(x, axis, { reverse })
  if (call.int('exclusive', 0) === 0) return sums
  const length = x.shape[axis] as number
  const [before, after, start] = reverse ? [0, 1, 1] : [1, 0, 0]
  return core.slice(core.pad(sums, [{ axis, before, after }]), [{ axis, start, end: start + length }])
}

function meanVariance(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const over = { axes: call.ints('axes') ?? [0, 2, 3], keepDims: true }
  const deviation = add(core.sqrt(core.variance(x, over)), 1e-9)
  return core.div(sub(x, core.mean(x, over)), deviation)
}

export const reductions: Operators = {
  ReduceSum: reduction('sum', 13, core.sum),
  ReduceMean: reduction('mean', 18, core.mean),
  ReduceMax: extremum('max', core.max),
  ReduceMin: extremum('min', core.min),
  ReduceProd: reduction('prod', 18, core.prod),
  ReduceL1: reduction('abs sum', 18, (x, options) => core.sum(abs(x), options)),
  ReduceL2: reduction('square sum', 18, (x, options) => core.sqrt(core.sum(core.square(x), options))),
  ReduceSumSquare: reduction('square sum', 18, (x, options) => core.sum(core.square(x), options)),
  ReduceLogSum: reduction('log sum', 18, (x, options) => log(core.sum(x, options))),
  ReduceLogSumExp: reduction('log sum exp', 18, (x, options) => log(core.sum(exp(x), options))),
  ArgMax: operator('argMax', (call) => argMax(call, call.tensor(0))),
  ArgMin: operator('argMax', (call) => argMax(call, core.neg(call.tensor(0)))),
  CumSum: operator('cumsum', cumsum),
  Softmax: operator('softmax', alongOrFrom(core.softmax)),
  LogSoftmax: operator('logSoftmax', alongOrFrom(core.logSoftmax)),
  MeanVarianceNormalization: operator('variance', meanVariance),
  Hardmax: operator('argMax oneHot', (call) => {
    const x = call.tensor(0)
    const axis = core.normalizeAxis('oneHot', call.int('axis', call.opset < 13 ? 1 : -1), x.shape.length)
    const classes = core.oneHot(core.argMax(x, axis), x.shape[axis] as number)
    return core.transpose(classes, backTo(axis, x.shape.length))
  }),
}

/** The order of axes that puts the last one at a place. */
export function backTo(axis: number, rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => (i < axis ? i : i === axis ? rank - 1 : i - 1))
}
