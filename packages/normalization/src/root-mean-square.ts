// Dividing by the root of the mean square over some axes: what RMS normalization is made of.

import {
  add,
  apply,
  type CompositeOp,
  div,
  mean,
  mul,
  normalizeAxes,
  type OnnxSink,
  sameShape,
  sqrt,
  square,
  sub,
  sumTo,
  type Tensor,
  valueOf,
} from '@gradwerk/core'

/** 1 / √(mean of x² + ε) */
function inverseRoot(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  return div(1, sqrt(add(mean(square(x), { axes, keepDims: true }), epsilon)))
}

/** The composition, node by node. */
function lowerComposition(
  sink: OnnxSink,
  [x, scale]: readonly [string, string],
  axes: readonly number[],
  epsilon: number,
): string {
  const number = (of: number) => sink.constant(valueOf('float32', [], [of]))
  const squares = sink.node('Mul', [x, x])
  const keepdims = { int: 1 }
  const meanSquare =
    sink.opset < 18
      ? sink.node('ReduceMean', [squares], { axes: { ints: axes }, keepdims })
      : sink.node('ReduceMean', [squares, sink.constant(valueOf('int64', [axes.length], axes))], { keepdims })
  const root = sink.node('Sqrt', [sink.node('Add', [meanSquare, number(epsilon)])])
  return sink.node('Mul', [sink.node('Mul', [x, sink.node('Div', [number(1), root])]), scale])
}

function divideByRootMeanSquareOp(axes: readonly number[], epsilon: number, hasNode: boolean): CompositeOp {
  const attributes = { axis: { int: axes[0] as number }, epsilon: { float: epsilon } }
  return {
    name: 'divideByRootMeanSquare',
    attributes: { axes, epsilon },
    compose(inputs) {
      const [x, scale] = inputs as [Tensor, Tensor]
      return mul(mul(x, inverseRoot(x, axes, epsilon)), scale)
    },
    gradient({ inputs, cotangent }) {
      const [x, scale] = inputs as [Tensor, Tensor]
      const inverse = inverseRoot(x, axes, epsilon)
      const normalized = mul(x, inverse)
      const inner = mul(cotangent, scale)
      const along = mul(normalized, mean(mul(inner, normalized), { axes, keepDims: true }))
      return [mul(sub(inner, along), inverse), sumTo(mul(cotangent, normalized), scale.shape)]
    },
    ...(hasNode
      ? {
          lower: (sink, inputs) =>
            sink.opset < 23
              ? lowerComposition(sink, inputs as [string, string], axes, epsilon)
              : sink.node('RMSNormalization', inputs, attributes),
        }
      : {}),
  }
}

/**
 * y = x / √(mean of x² over the axes + ε) · scale.
 *
 * Shapes: x and y of one shape, known along the axes; scale broadcasts to it. One ONNX node from operator set 23 on, where the axes are
 * the last ones and scale has their shape.
 */
export function divideByRootMeanSquare(x: Tensor, over: readonly number[], scale: Tensor, epsilon: number): Tensor {
  const axes = normalizeAxes('divideByRootMeanSquare', over, x.shape.length)
  const first = x.shape.length - axes.length
  const last = axes.every((axis, i) => axis === first + i) && sameShape(scale.shape, x.shape.slice(first))
  return apply(divideByRootMeanSquareOp(axes, epsilon, last && x.dtype === 'float32'), [x, scale])
}
