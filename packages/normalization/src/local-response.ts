// Dividing by a power of the squares in neighbouring channels: what local response normalization is made of.

import {
  add,
  apply,
  type CompositeOp,
  constant,
  conv2d,
  filled,
  mul,
  pow,
  reshape,
  sizeOf,
  square,
  sub,
  type Tensor,
} from '@gradwerk/core'

export interface LocalResponse {
  /** Channels in the window, ≥ 1. */
  readonly size: number
  readonly alpha: number
  readonly beta: number
  readonly k: number
}

/** The sum over the channels c − before … c − before + size − 1 that exist: a convolution along the channels. */
function windowSum(x: Tensor, size: number, before: number): Tensor {
  const [, channels, ...inner] = x.shape as [number, number, ...number[]]
  const column = reshape(x, [-1, 1, channels, sizeOf(inner)])
  const ones = constant(filled(x.dtype, [1, 1, size, 1], 1))
  const sums = conv2d(column, ones, { padding: [before, 0, size - 1 - before, 0] })
  return reshape(sums, [-1, ...x.shape.slice(1)])
}

function localResponseOp({ size, alpha, beta, k }: LocalResponse, hasNode: boolean): CompositeOp {
  const before = Math.floor(size / 2)
  const base = (x: Tensor) => add(mul(windowSum(square(x), size, before), alpha / size), k)
  return {
    name: 'localResponse',
    attributes: { size, alpha, beta, k },
    compose: ([x]) => mul(x as Tensor, pow(base(x as Tensor), -beta)),
    /** A channel lies in the windows of the channels around it: the window, turned over. */
    gradient({ inputs, cotangent }) {
      const x = inputs[0] as Tensor
      const divisor = base(x)
      const around = windowSum(mul(mul(cotangent, x), pow(divisor, -beta - 1)), size, size - 1 - before)
      return [sub(mul(cotangent, pow(divisor, -beta)), mul(mul(x, around), (2 * alpha * beta) / size))]
    },
    ...(hasNode
      ? {
          lower: (sink, inputs) =>
            sink.node('LRN', inputs, {
              size: { int: size },
              alpha: { float: alpha },
              beta: { float: beta },
              bias: { float: k },
            }),
        }
      : {}),
  }
}

/**
 * y[c] = x[c] / (k + α / size · Σ x[j]²)^β, the sum over the channels j from c − ⌊size/2⌋ to c − ⌊size/2⌋ + size − 1 that exist.
 *
 * Shapes: x and y [batch, channels, …]. One ONNX node for images and an odd size; ONNX begins the window of an even size a channel later.
 */
export function localResponse(x: Tensor, options: LocalResponse): Tensor {
  const hasNode = x.shape.length === 4 && options.size % 2 === 1 && x.dtype === 'float32'
  return apply(localResponseOp(options, hasNode), [x])
}
