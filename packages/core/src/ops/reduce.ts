// Reductions over axes: sum, max, min, mean, and the index of the largest element.

import type { OnnxSink } from '../contracts/exporter.ts'
import { ShapeError } from '../errors.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { formatShape, normalizeAxes, normalizeAxis, type Shape, sizeOf, stridesOf } from '../tensor/shape.ts'
import { apply, type CompositeOp, expectFloat, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { numbers, type Type, type Value, valueOf } from '../tensor/value.ts'
import { div, mul, sub } from './binary.ts'
import { equal } from './compare.ts'
import { visit } from './elementwise.ts'
import { broadcastTo, reshape } from './movement.ts'
import { cast } from './select.ts'

export interface ReduceOptions {
  /** The axes to reduce, counted from either end; all of them by default. */
  readonly axes?: readonly number[] | undefined
  /** Keep reduced axes with length 1. Default false. */
  readonly keepDims?: boolean | undefined
}

export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : shape.filter((_, axis) => !axes.includes(axis))
}

/** Adds a Reduce… node; the axes are an attribute before the opset in which they became an input. */
export function lowerReduce(
  sink: OnnxSink,
  onnx: string,
  axesAsInputSince: number,
  x: string,
  axes: readonly number[],
  keepDims: boolean,
): string {
  const keepdims = { int: Number(keepDims) }
  if (sink.opset < axesAsInputSince) return sink.node(onnx, [x], { axes: { ints: axes }, keepdims })
  return sink.node(onnx, [x, sink.constant(valueOf('int64', [axes.length], axes))], { keepdims })
}

function expectElements(who: string, shape: Shape, axes: readonly number[]): void {
  if (axes.some((axis) => shape[axis] === 0))
    throw new ShapeError({
      who,
      problem: 'no elements to choose from',
      expected: 'reduced axes of length 1 and more',
      got: formatShape(shape),
    })
}

interface Row {
  readonly onnx: string
  readonly axesAsInputSince: number
  readonly initial: number
  readonly f: (total: number, x: number) => number
  readonly gradient: (cotangent: Tensor, x: Tensor, y: Tensor, axes: readonly number[]) => Tensor
}

function reduceOp(name: string, row: Row, axes: readonly number[], keepDims: boolean): PrimitiveOp {
  return {
    name,
    attributes: { axes, keepDims },
    infer([type]) {
      const { dtype, shape } = type as Type
      expectFloat(name, { dtype, shape })
      if (row.initial !== 0) expectElements(name, shape, axes)
      return { dtype, shape: reducedShape(shape, axes, keepDims) }
    },
    kernel: (inputs, output) => reduceKernel(inputs[0] as Value, output, axes, row),
    gradient: ({ inputs, output, cotangent }) => {
      const x = inputs[0] as Tensor
      const kept = reducedShape(x.shape, axes, true)
      return [row.gradient(reshape(cotangent, kept), x, reshape(output, kept), axes)]
    },
    lower: (sink, inputs) => lowerReduce(sink, row.onnx, row.axesAsInputSince, inputs[0] as string, axes, keepDims),
  }
}

/** Accumulates in double precision and rounds once. */
function reduceKernel(x: Value, output: Type, axes: readonly number[], { initial, f }: Row): NumericData {
  const totals = new Float64Array(sizeOf(output.shape)).fill(initial)
  const kept = reducedShape(x.shape, axes, true)
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride))
  const from = numbers(x)
  visit(x.shape, [strides], (index, [to]) => {
    totals[to as number] = f(totals[to as number] as number, from[index] as number)
  })
  const out = allocate(output.dtype, totals.length) as NumericData
  out.set(totals)
  return out
}

/** The cotangent shared equally between the elements that attain the extremum. */
function shareAmongWinners(cotangent: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const winners = cast(equal(x, y), x.dtype)
  return mul(winners, div(cotangent, sum(winners, { axes, keepDims: true })))
}

function reduction(name: string, row: Row): (x: Tensor, options?: ReduceOptions) => Tensor {
  return (x, { axes, keepDims = false } = {}) => {
    const found = normalizeAxes(name, axes, x.shape.length)
    return found.length === 0 ? x : apply(reduceOp(name, row, found, keepDims), [x])
  }
}

/** Σ x over the axes. */
export const sum: (x: Tensor, options?: ReduceOptions) => Tensor = reduction('sum', {
  onnx: 'ReduceSum',
  axesAsInputSince: 13,
  initial: 0,
  f: (total, x) => total + x,
  gradient: (cotangent, x) => broadcastTo(cotangent, x.shape),
})
/** The largest element over the axes; ties share the cotangent equally. */
export const max: (x: Tensor, options?: ReduceOptions) => Tensor = reduction('max', {
  onnx: 'ReduceMax',
  axesAsInputSince: 18,
  initial: Number.NEGATIVE_INFINITY,
  f: Math.max,
  gradient: shareAmongWinners,
})
/** The smallest element over the axes; ties share the cotangent equally. */
export const min: (x: Tensor, options?: ReduceOptions) => Tensor = reduction('min', {
  onnx: 'ReduceMin',
  axesAsInputSince: 18,
  initial: Number.POSITIVE_INFINITY,
  f: Math.min,
  gradient: shareAmongWinners,
})

/** The arithmetic mean over the axes. */
export function mean(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  const found = normalizeAxes('mean', axes, x.shape.length)
  if (found.length === 0) return x
  const op: CompositeOp = {
    name: 'mean',
    attributes: { axes: found, keepDims },
    compose([from]) {
      const { shape } = from as Tensor
      const count = sizeOf(
        found.map((axis) => shape[axis] as number),
        'mean',
      )
      if (count === 0) throw new ShapeError({ who: 'mean', problem: 'no elements to average', got: formatShape(shape) })
      return mul(sum(from as Tensor, { axes: found, keepDims }), 1 / count)
    },
    lower: (sink, inputs) => lowerReduce(sink, 'ReduceMean', 18, inputs[0] as string, found, keepDims),
  }
  return apply(op, [x])
}

/** The (biased) variance over the axes, in two passes: Σ (x − mean)² / n. */
export function variance(x: Tensor, options: ReduceOptions = {}): Tensor {
  const centred = sub(x, mean(x, { axes: options.axes, keepDims: true }))
  return mean(mul(centred, centred), options)
}

/** The index (int32) of the first largest element along an axis, which is dropped. */
export function argMax(x: Tensor, axis = -1): Tensor {
  const along = normalizeAxis('argMax', axis, x.shape.length)
  const op: PrimitiveOp = {
    name: 'argMax',
    attributes: { axis: along },
    infer([type]) {
      const { shape } = type as Type
      expectFloat('argMax', type as Type)
      expectElements('argMax', shape, [along])
      return { dtype: 'int32', shape: reducedShape(shape, [along], false) }
    },
    kernel([value], output) {
      const { shape } = value as Value
      const from = numbers(value as Value)
      const best = new Float64Array(sizeOf(output.shape)).fill(Number.NEGATIVE_INFINITY)
      const out = new Int32Array(best.length)
      const strides = stridesOf(reducedShape(shape, [along], true)).map((stride, i) => (i === along ? 0 : stride))
      const position = shape.map((_, i) => Number(i === along))
      visit(shape, [strides, position], (index, [to, place]) => {
        if ((from[index] as number) <= (best[to as number] as number)) return
        best[to as number] = from[index] as number
        out[to as number] = place as number
      })
      return out
    },
    gradient: () => [],
    lower: (sink, inputs) =>
      sink.node('Cast', [sink.node('ArgMax', inputs, { axis: { int: along }, keepdims: { int: 0 } })], {
        to: { dtype: 'int32' },
      }),
  }
  return apply(op, [x])
}
