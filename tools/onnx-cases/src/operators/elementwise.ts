// Operators that work element by element.

import type { Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { dtypeOf } from '../messages.ts'
import type { NodeCall } from '../node-call.ts'
import { type Operator, type Operators, operator } from './operator.ts'

const { add, and, cast, div, mul, not, or, sub, where } = core

function unary(name: string, f: (x: Tensor) => Tensor): Operator {
  return operator(name, (call) => f(call.tensor(0)))
}

function binary(name: string, f: (a: Tensor, b: Tensor) => Tensor): Operator {
  return operator(name, (call) => f(call.tensor(0), broadcastFrom(call)))
}

/** The second operand. Before operator set 7 it was broadcast from a given axis on. */
function broadcastFrom(call: NodeCall): Tensor {
  const [a, b] = [call.tensor(0), call.tensor(1)]
  if (call.opset >= 7) return b
  const axis = call.int('axis', a.shape.length - b.shape.length)
  call.ignore('broadcast', 'consumed_inputs')
  return core.reshape(b, [...b.shape, ...Array<number>(Math.max(0, a.shape.length - axis - b.shape.length)).fill(1)])
}

/** Operators of any number of inputs. */
function chain(name: string, f: (a: Tensor, b: Tensor) => Tensor): Operator {
  return operator(name, ({ tensors }) => tensors.reduce((a, b) => f(a, b)))
}

/** Bit patterns of int32 go through uint32. */
function bits(name: string, f: (a: Tensor, b: Tensor) => Tensor): Operator {
  return operator(name, (call) => {
    const [a, b] = [call.tensor(0), call.tensor(1)]
    return a.dtype === 'int32' ? cast(f(cast(a, 'uint32'), cast(b, 'uint32')), 'int32') : f(a, b)
  })
}

const limits: Readonly<Record<Tensor['dtype'], readonly [number, number]>> = {
  float32: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  float64: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint8: [0, 255],
  uint32: [0, 2 ** 32 - 1],
  bool: [0, 1],
}

function clip(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const [low, high] = limits[x.dtype]
  const bound = (i: number, name: string, otherwise: number) =>
    call.opset < 11 ? call.float(name, otherwise) : (call.numbers(i)?.[0] ?? otherwise)
  call.ignore('consumed_inputs')
  return core.clip(x, bound(1, 'min', low), bound(2, 'max', high))
}

function gelu(call: NodeCall): Tensor {
  return call.string('approximate', 'none') === 'tanh' ? core.geluTanh(call.tensor(0)) : core.gelu(call.tensor(0))
}

function swish(call: NodeCall): Tensor {
  const alpha = call.float('alpha', 1)
  return alpha === 1 ? core.silu(call.tensor(0)) : mul(core.silu(mul(call.tensor(0), alpha)), 1 / alpha)
}

const floats: Operators = {
  Abs: unary('abs', core.abs),
  Cos: unary('cos', core.cos),
  Elu: operator('elu', (call) => core.elu(call.tensor(0), call.float('alpha', 1))),
  Erf: unary('erf', core.erf),
  Exp: unary('exp', core.exp),
  Floor: unary('floor', core.floor),
  Gelu: operator('gelu geluTanh', gelu),
  LeakyRelu: operator('leakyRelu', (call) => core.leakyRelu(call.tensor(0), call.float('alpha', 0.01))),
  Log: unary('log', core.log),
  Neg: unary('neg', core.neg),
  Relu: unary('relu', core.relu),
  Sigmoid: unary('sigmoid', core.sigmoid),
  Sign: unary('sign', core.sign),
  Sin: unary('sin', core.sin),
  Softplus: unary('softplus', core.softplus),
  Sqrt: unary('sqrt', core.sqrt),
  Swish: operator('silu', swish),
  Tanh: unary('tanh', core.tanh),
  Clip: operator('clip', clip),
}

const arithmetic: Operators = {
  Add: binary('add', add),
  Sub: binary('sub', sub),
  Mul: binary('mul', mul),
  Div: binary('div', div),
  // The result has the type of the base; core wants both to have it.
  Pow: binary('pow', (a, b) => core.pow(a, core.isFloat(a.dtype) ? cast(b, a.dtype) : b)),
  Max: chain('maximum', core.maximum),
  Min: chain('minimum', core.minimum),
  Sum: chain('add', add),
  Mean: operator('add mul', ({ tensors }) =>
    mul(
      tensors.reduce((a, b) => add(a, b)),
      1 / tensors.length,
    ),
  ),
  Reciprocal: operator('div', (call) => div(1, call.tensor(0))),
  BitShift: operator('shiftLeft shiftRight', (call) =>
    (call.string('direction', '') === 'LEFT' ? core.shiftLeft : core.shiftRight)(call.tensor(0), call.tensor(1)),
  ),
  BitwiseAnd: bits('bitwiseAnd', core.bitwiseAnd),
  BitwiseOr: bits('bitwiseOr', core.bitwiseOr),
  BitwiseXor: bits('bitwiseXor', core.bitwiseXor),
}

const logic: Operators = {
  And: binary('and', and),
  Or: binary('or', or),
  Xor: binary('and or not', (a, b) => and(or(a, b), not(and(a, b)))),
  Not: unary('not', not),
  Equal: binary('equal', core.equal),
  Less: binary('less', core.less),
  LessOrEqual: binary('lessEqual', core.lessEqual),
  Greater: binary('greater', core.greater),
  GreaterOrEqual: binary('greaterEqual', core.greaterEqual),
  Where: operator('where', (call) => where(call.tensor(0), call.tensor(1), call.tensor(2))),
}

function castTo(call: NodeCall): Tensor {
  call.ignore('saturate', 'round_mode') // of float8 types, which core does not have
  return cast(call.tensor(0), dtypeOf(call.int('to', 0)))
}

function castLike(call: NodeCall): Tensor {
  call.ignore('saturate', 'round_mode')
  return cast(call.tensor(0), call.tensor(1).dtype)
}

/** Core has one slope for all elements where ONNX has a tensor of them; before operator set 7, one for each channel. */
function prelu(call: NodeCall): Tensor {
  const [x, given] = [call.tensor(0), call.tensor(1)]
  const perChannel = call.opset < 7 && given.shape[0] !== 1
  const slope = perChannel ? core.reshape(given, [-1, ...x.shape.slice(2).map(() => 1)]) : given
  return where(core.less(x, 0), mul(x, slope), x)
}

const standard = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }

/** Core's is that of the paper; other factors are written with `elu`. */
function selu(call: NodeCall): Tensor {
  const [alpha, gamma] = [call.float('alpha', standard.alpha), call.float('gamma', standard.gamma)]
  const usual = Math.abs(alpha - standard.alpha) < 1e-6 && Math.abs(gamma - standard.gamma) < 1e-6
  return usual ? core.selu(call.tensor(0)) : mul(core.elu(call.tensor(0), alpha), gamma)
}

/** Activations that are written in core's ops. */
const activations: Operators = {
  Celu: operator('elu', (call) => {
    const alpha = call.float('alpha', 1)
    return mul(core.elu(mul(call.tensor(0), 1 / alpha)), alpha)
  }),
  HardSigmoid: operator('clip', (call) =>
    core.clip(add(mul(call.tensor(0), call.float('alpha', 0.2)), call.float('beta', 0.5)), 0, 1),
  ),
  HardSwish: operator('clip', (call) => {
    const x = call.tensor(0)
    return mul(x, core.clip(add(mul(x, 1 / 6), 0.5), 0, 1))
  }),
  Mish: operator('softplus tanh', (call) => mul(call.tensor(0), core.tanh(core.softplus(call.tensor(0))))),
  PRelu: operator('where', prelu),
  Selu: operator('selu elu', selu),
  Softsign: operator('abs div', (call) => div(call.tensor(0), add(core.abs(call.tensor(0)), 1))),
  ThresholdedRelu: operator('where greater', (call) =>
    where(core.greater(call.tensor(0), call.float('alpha', 1)), call.tensor(0), 0),
  ),
}

export const elementwise: Operators = {
  ...floats,
  ...arithmetic,
  ...logic,
  ...activations,
  Cast: operator('cast', castTo),
  CastLike: operator('cast', castLike),
  Identity: unary('stopGradient', core.stopGradient),
}
