// Functions composed of primitives. A fused form beside a composition is a shorter gradient or a single ONNX node, equal to it.

import { normalizeAxis } from '../tensor/shape.ts'
import { apply, type CompositeOp, type Tensor } from '../tensor/tensor.ts'
import { valueOf } from '../tensor/value.ts'
import { add, div, mul, sub } from './binary.ts'
import { greater, less } from './compare.ts'
import { max, sum } from './reduce.ts'
import { where } from './select.ts'
import { erf, exp, log, sigmoid, tanh } from './unary.ts'

/** eˣ / Σ eˣ along an axis, shifted by the maximum so that it cannot overflow. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const along = normalizeAxis('softmax', axis, x.shape.length)
  const over = { axes: [along], keepDims: true }
  const op: CompositeOp = {
    name: 'softmax',
    attributes: { axis: along },
    compose([from]) {
      const powers = exp(sub(from as Tensor, max(from as Tensor, over)))
      return div(powers, sum(powers, over))
    },
    gradient: ({ output, cotangent }) => [mul(output, sub(cotangent, sum(mul(cotangent, output), over)))],
    lower: (sink, inputs) => sink.node('Softmax', inputs, { axis: { int: along } }),
  }
  return apply(op, [x])
}

/** x − log Σ eˣ along an axis. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const along = normalizeAxis('logSoftmax', axis, x.shape.length)
  const over = { axes: [along], keepDims: true }
  const op: CompositeOp = {
    name: 'logSoftmax',
    attributes: { axis: along },
    compose([from]) {
      const shifted = sub(from as Tensor, max(from as Tensor, over))
      return sub(shifted, log(sum(exp(shifted), over)))
    },
    gradient: ({ output, cotangent }) => [sub(cotangent, mul(exp(output), sum(cotangent, over)))],
    lower: (sink, inputs) => sink.node('LogSoftmax', inputs, { axis: { int: along } }),
  }
  return apply(op, [x])
}

/** x where x > 0, else slope · x; the slope at 0 is the negative side's. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  const op: CompositeOp = {
    name: 'leakyRelu',
    attributes: { slope },
    compose: ([from]) => where(greater(from as Tensor, 0), from as Tensor, mul(from as Tensor, slope)),
    lower: (sink, inputs) => sink.node('LeakyRelu', inputs, { alpha: { float: slope } }),
  }
  return apply(op, [x])
}

/** x where x > 0, else scale · (eˣ − 1). Clevert, Unterthiner & Hochreiter 2016. */
export function elu(x: Tensor, scale = 1): Tensor {
  const op: CompositeOp = {
    name: 'elu',
    attributes: { scale },
    compose: ([from]) =>
      where(
        greater(from as Tensor, 0),
        from as Tensor,
        mul(sub(exp(where(greater(from as Tensor, 0), 0, from as Tensor)), 1), scale),
      ),
    lower: (sink, inputs) => sink.node('Elu', inputs, { alpha: { float: scale } }),
  }
  return apply(op, [x])
}

/** For these, outputs of mean 0 and variance 1 come from such inputs: Klambauer et al. 2017, equation 14. */
const [seluAlpha, seluGamma] = [1.6732632423543772, 1.0507009873554805]

/** γ · elu(x, α) with α = 1.6733, γ = 1.0507: the fixed point of self-normalizing networks. Klambauer et al. 2017, equation 2. */
export function selu(x: Tensor): Tensor {
  const op: CompositeOp = {
    name: 'selu',
    attributes: {},
    compose: ([from]) => mul(elu(from as Tensor, seluAlpha), seluGamma),
    lower: (sink, inputs) => sink.node('Selu', inputs, { alpha: { float: seluAlpha }, gamma: { float: seluGamma } }),
  }
  return apply(op, [x])
}

/** ½ x (1 + erf(x / √2)). Hendrycks & Gimpel 2016, the exact form. */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1))
}

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))). Hendrycks & Gimpel 2016, the approximation. */
export function geluTanh(x: Tensor): Tensor {
  const inner = mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return mul(mul(x, 0.5), add(tanh(inner), 1))
}

/** x · sigmoid(x). */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x))
}

/** min(max(x, low), high): x cut to [low, high]; `high` everywhere where low > high. The gradient passes at the bounds, as in PyTorch. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const op: CompositeOp = {
    name: 'clip',
    attributes: { low, high },
    compose([from]) {
      const raised = where(less(from as Tensor, low), low, from as Tensor)
      return where(greater(raised, high), high, raised)
    },
    lower: (sink, inputs, { dtype }) => {
      const bounds = [low, high].map((bound) => sink.constant(valueOf(dtype, [], [bound])))
      return sink.node('Clip', [...inputs, ...bounds])
    },
  }
  return apply(op, [x])
}
