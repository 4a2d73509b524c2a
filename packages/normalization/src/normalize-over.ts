// Mean 0 and variance 1 over some axes of every sample: what layer, group and instance normalization are made of.

import {
  add,
  apply,
  type CompositeOp,
  div,
  filled,
  mean,
  mul,
  normalizeAxes,
  type OnnxSink,
  type Shape,
  sameShape,
  sqrt,
  square,
  sub,
  sumTo,
  type Tensor,
  valueOf,
} from '@gradwerk/core'

/** x less its mean over the axes, twice: the second time takes away what rounding a large mean has left. */
function centredOver(x: Tensor, axes: readonly number[]): Tensor {
  const over = { axes, keepDims: true }
  const once = sub(x, mean(x, over))
  return sub(once, mean(once, over))
}

/** 1 / √(variance + ε), where the mean is 0. */
function inverseDeviation(centred: Tensor, axes: readonly number[], epsilon: number): Tensor {
  return div(1, sqrt(add(mean(square(centred), { axes, keepDims: true }), epsilon)))
}

type Lowering = NonNullable<CompositeOp['lower']>

/** x less its mean, once: the nodes below subtract the mean that is left, and so need no accuracy of their own at large means. */
function lowerCentred(sink: OnnxSink, x: string, axes: readonly number[]): string {
  const keepdims = { int: 1 }
  if (sink.opset < 18) return sink.node('Sub', [x, sink.node('ReduceMean', [x], { axes: { ints: axes }, keepdims })])
  const list = sink.constant(valueOf('int64', [axes.length], axes))
  return sink.node('Sub', [x, sink.node('ReduceMean', [x, list], { keepdims })])
}

/** The last axes, with a scale and a shift for every element of them. */
function layerNormalization(axes: readonly number[], epsilon: number): Lowering {
  return (sink, [x, scale, shift]) =>
    sink.node('LayerNormalization', [lowerCentred(sink, x as string, axes), scale as string, shift as string], {
      axis: { int: axes[0] as number },
      epsilon: { float: epsilon },
    })
}

/** All axes but the first two. The node has a scale for axis 1 alone, so a finer one is applied behind it. */
function instanceNormalization(axes: readonly number[], epsilon: number): Lowering {
  return (sink, [x, scale, shift], { inputs }) => {
    const [{ shape, dtype }, { shape: fine }] = inputs as [Tensor, Tensor]
    const groups = shape[1] as number
    const every = (number: number) => sink.constant(filled(dtype, [groups], number))
    const flat = (name: string) => sink.node('Reshape', [name, sink.constant(valueOf('int64', [1], [groups]))])
    const coarse = fine.length === axes.length + 1 && fine.slice(1).every((length) => length === 1)
    const inside = coarse ? [flat(scale as string), flat(shift as string)] : [every(1), every(0)]
    const centred = lowerCentred(sink, x as string, axes)
    const y = sink.node('InstanceNormalization', [centred, ...inside], { epsilon: { float: epsilon } })
    return coarse ? y : sink.node('Add', [sink.node('Mul', [y, scale as string]), shift as string])
  }
}

/** The one node that computes the same, where there is one. */
function loweringOf(
  { shape, dtype }: Tensor,
  scale: Shape,
  axes: readonly number[],
  epsilon: number,
): Lowering | undefined {
  const first = axes[0] as number
  const trailing = axes.every((axis, i) => axis === shape.length - axes.length + i)
  if (!trailing || dtype !== 'float32') return undefined
  if (sameShape(scale, shape.slice(first))) return layerNormalization(axes, epsilon)
  return first === 2 ? instanceNormalization(axes, epsilon) : undefined
}

function normalizeOverOp(axes: readonly number[], epsilon: number, lower: Lowering | undefined): CompositeOp {
  return {
    name: 'normalizeOver',
    attributes: { axes, epsilon },
    compose(inputs) {
      const [x, scale, shift] = inputs as [Tensor, Tensor, Tensor]
      const centred = centredOver(x, axes)
      return add(mul(mul(centred, inverseDeviation(centred, axes, epsilon)), scale), shift)
    },
    /** What reaches x has no part along 1 and along y: mean and deviation are removed from the cotangent, too. */
    gradient({ inputs, cotangent }) {
      const [x, scale, shift] = inputs as [Tensor, Tensor, Tensor]
      const over = { axes, keepDims: true }
      const centred = centredOver(x, axes)
      const inverse = inverseDeviation(centred, axes, epsilon)
      const normalized = mul(centred, inverse)
      const inner = mul(cotangent, scale)
      const along = mul(normalized, mean(mul(inner, normalized), over))
      const toX = mul(sub(sub(inner, mean(inner, over)), along), inverse)
      return [toX, sumTo(mul(cotangent, normalized), scale.shape), sumTo(cotangent, shift.shape)]
    },
    ...(lower === undefined ? {} : { lower }),
  }
}

export interface ScaleAndShift {
  readonly scale: Tensor
  readonly shift: Tensor
}

/**
 * y = (x − mean) / √(variance + ε) · scale + shift, with mean and biased variance over the axes.
 *
 * The mean is subtracted twice, the second time from small numbers. So in float32 |error of y| ≤ 16·u·(1 + |y|), u = 2⁻²⁴, whatever the
 * mean, up to |mean| = 10⁴·σ and 1,024 elements along axes that are not the last at least: far less than the u·|mean|/σ by which rounding the inputs may have changed y.
 *
 * Shapes: x and y of one shape, known along the axes; scale and shift broadcast to it.
 */
export function normalizeOver(
  x: Tensor,
  over: readonly number[],
  { scale, shift }: ScaleAndShift,
  epsilon: number,
): Tensor {
  const axes = normalizeAxes('normalizeOver', over, x.shape.length)
  return apply(normalizeOverOp(axes, epsilon, loweringOf(x, scale.shape, axes, epsilon)), [x, scale, shift])
}
