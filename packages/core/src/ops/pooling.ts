// Two-dimensional pooling. The maximum is found once as an index; the rest is gathering and scattering.

import type { OnnxAttribute } from '../contracts/exporter.ts'
import { ShapeError } from '../errors.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { formatShape, type Shape, sizeOf } from '../tensor/shape.ts'
import {
  type Attributes,
  apply,
  type CompositeOp,
  constant,
  expectFloat,
  expectRank,
  type PrimitiveOp,
  type Tensor,
} from '../tensor/tensor.ts'
import { filled, numbers, type Type, type Value, value } from '../tensor/value.ts'
import { mul } from './binary.ts'
import { conv2d } from './convolution.ts'
import { scatterAdd } from './gather.ts'
import { reshape } from './movement.ts'
import { type Geometry, geometryOf, type Window, windowsAlong } from './window.ts'

export interface PoolingOptions extends Window {
  /** Height and width of the window. */
  readonly size: readonly [number, number]
}

type Pool = Geometry & { readonly size: readonly [number, number] }

/** Strides are the window's size unless given. */
function poolOf(who: string, options: PoolingOptions): Pool {
  const { size, padding = [0, 0, 0, 0] } = options
  if (padding.some((zeros, side) => zeros >= (size[side % 2] as number)))
    throw new ShapeError({
      who,
      problem: 'a window may lie in the padding alone',
      expected: `padding below ${formatShape(size)}`,
      got: formatShape(padding),
    })
  return { ...geometryOf(who, { ...options, strides: options.strides ?? size }), size }
}

function pooledShape(who: string, x: Type, pool: Pool): Shape {
  expectFloat(who, x)
  expectRank(who, 'the image [batch, channels, height, width]', x, 4)
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const output = [
    batch,
    channels,
    windowsAlong(who, 0, height, pool.size[0], pool),
    windowsAlong(who, 1, width, pool.size[1], pool),
  ]
  checkTaps(who, x.shape, output, pool)
  return output
}

/** Refuses dilated windows whose taps all lie in the padding: they have no maximum. */
function checkTaps(who: string, shape: Shape, output: Shape, { size, strides, padding, dilations }: Pool): void {
  for (const axis of [0, 1] as const)
    for (let i = 0; i < (output[axis + 2] as number); i++) {
      const taps = Array.from({ length: size[axis] }, (_, p) => i * strides[axis] - padding[axis] + p * dilations[axis])
      if (!taps.some((at) => at >= 0 && at < (shape[axis + 2] as number)))
        throw new ShapeError({
          who,
          problem: 'a window touches nothing but padding',
          expected: 'at least one element of the image in every window',
          got: `image ${formatShape(shape)}, window ${formatShape(size)} dilated by ${formatShape(dilations)}`,
          hint: 'less padding or dilation',
        })
    }
}

function attributesOf(pool: Pool): Attributes {
  return { size: pool.size, strides: pool.strides, padding: pool.padding, dilations: pool.dilations }
}

function onnxAttributes(pool: Pool): Record<string, OnnxAttribute> {
  return {
    kernel_shape: { ints: pool.size },
    strides: { ints: pool.strides },
    pads: { ints: pool.padding },
    dilations: { ints: pool.dilations },
  }
}

/** For every window the flat index in x of its first maximum in row-major order. */
function winners(x: Value, output: Type, { size, strides, padding, dilations }: Pool): Int32Array {
  const [, , height, width] = x.shape as [number, number, number, number]
  const [batch, channels, oh, ow] = output.shape as [number, number, number, number]
  const from = numbers(x)
  const out = new Int32Array(sizeOf(output.shape))
  for (let plane = 0; plane < batch * channels; plane++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++) {
        let best = -1
        for (let p = 0; p < size[0]; p++)
          for (let q = 0; q < size[1]; q++) {
            const row = i * strides[0] - padding[0] + p * dilations[0]
            const column = j * strides[1] - padding[1] + q * dilations[1]
            if (row < 0 || row >= height || column < 0 || column >= width) continue
            const at = (plane * height + row) * width + column
            if (best < 0 || (from[at] as number) > (from[best] as number)) best = at
          }
        out[(plane * oh + i) * ow + j] = best
      }
  return out
}

function indicesOp(pool: Pool): PrimitiveOp {
  return {
    name: 'maxPool2dIndices',
    attributes: attributesOf(pool),
    infer: ([x]) => ({ dtype: 'int32', shape: pooledShape('maxPool2dIndices', x as Type, pool) }),
    kernel: ([x], output) => winners(x as Value, output, pool),
    gradient: () => [],
    lower: (sink, inputs) =>
      sink.node('Cast', [sink.nodes('MaxPool', inputs, 2, onnxAttributes(pool))[1] as string], {
        to: { dtype: 'int32' },
      }),
  }
}

function maxOp(pool: Pool): PrimitiveOp {
  return {
    name: 'maxPool2d',
    attributes: attributesOf(pool),
    infer: ([x]) => ({ dtype: (x as Type).dtype, shape: pooledShape('maxPool2d', x as Type, pool) }),
    kernel([x], output) {
      const from = numbers(x as Value)
      const out = allocate(output.dtype, sizeOf(output.shape)) as NumericData
      winners(x as Value, output, pool).forEach((at, i) => {
        out[i] = from[at] as number
      })
      return out
    },
    gradient({ inputs: [x], cotangent }) {
      const { shape } = x as Tensor
      const indices = reshape(apply(indicesOp(pool), [x as Tensor]), [-1])
      return [reshape(scatterAdd(reshape(cotangent, [-1]), indices, sizeOf(shape, 'maxPool2d')), shape)]
    },
    lower: (sink, inputs) => sink.node('MaxPool', inputs, onnxAttributes(pool)),
  }
}

/** The maximum of every window of x: [batch, channels, height, width] → [batch, channels, oh, ow]. Padding never wins. */
export function maxPool2d(x: Tensor, options: PoolingOptions): Tensor {
  return apply(maxOp(poolOf('maxPool2d', options)), [x])
}

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether padding counts in the divisor. Default false. */
  readonly countPadding?: boolean
}

/** 1 / (elements of the image in each window) [1, 1, oh, ow]. */
function reciprocalCounts(shape: Shape, output: Shape, { size, strides, padding }: Pool, type: Type['dtype']): Tensor {
  const inside = (axis: 0 | 1, i: number) => {
    const start = i * strides[axis] - padding[axis]
    return Math.min(start + size[axis], shape[axis + 2] as number) - Math.max(start, 0)
  }
  const [oh, ow] = output.slice(2) as [number, number]
  const counts = Array.from({ length: oh * ow }, (_, i) => 1 / (inside(0, Math.floor(i / ow)) * inside(1, i % ow)))
  const data =
    type === 'float64'
      ? value('float64', [1, 1, oh, ow], Float64Array.from(counts))
      : value('float32', [1, 1, oh, ow], Float32Array.from(counts))
  return constant(data)
}

/** The mean of every window of x: [batch, channels, height, width] → [batch, channels, oh, ow]. */
export function averagePool2d(x: Tensor, { countPadding = false, ...options }: AveragePoolingOptions): Tensor {
  const pool = poolOf('averagePool2d', options)
  if (pool.dilations.some((distance) => distance !== 1))
    throw new ShapeError({
      who: 'averagePool2d',
      problem: 'dilated windows',
      expected: 'dilations [1, 1]',
      got: formatShape(pool.dilations),
    })
  const op: CompositeOp = {
    name: 'averagePool2d',
    attributes: { ...attributesOf(pool), countPadding },
    compose([image]) {
      const { shape, dtype } = image as Tensor
      const output = pooledShape('averagePool2d', image as Tensor, pool)
      const planes = reshape(image as Tensor, [-1, 1, shape[2] as number, shape[3] as number])
      const ones = constant(filled(dtype, [1, 1, ...pool.size], countPadding ? 1 / (pool.size[0] * pool.size[1]) : 1))
      const sums = reshape(conv2d(planes, ones, pool), output)
      return countPadding ? sums : mul(sums, reciprocalCounts(shape, output, pool, dtype))
    },
    lower(sink, inputs) {
      const { kernel_shape, strides, pads } = onnxAttributes(pool) as Required<Record<string, OnnxAttribute>>
      return sink.node('AveragePool', inputs, {
        kernel_shape: kernel_shape as OnnxAttribute,
        strides: strides as OnnxAttribute,
        pads: pads as OnnxAttribute,
        count_include_pad: { int: Number(countPadding) },
      })
    },
  }
  return apply(op, [x])
}
