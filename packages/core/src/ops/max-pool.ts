// Two-dimensional max pooling. The maximum is found once as an index; the rest is gathering and scattering.

import type { OnnxAttribute, OnnxSink } from '../contracts/exporter.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import { apply, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { filled, numbers, type Type, type Value, valueOf } from '../tensor/value.ts'
import { scatterAdd } from './gather.ts'
import { int64, reshape } from './movement.ts'
import {
  covering,
  onnxPoolAttributes,
  type Pool,
  type PoolingOptions,
  poolAttributes,
  pooledShape,
  poolOf,
} from './pool.ts'
import type { Pair } from './window.ts'

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
    attributes: poolAttributes(pool),
    infer: ([x]) => ({ dtype: 'int32', shape: pooledShape('maxPool2dIndices', x as Type, pool) }),
    kernel: ([x], output) => winners(x as Value, output, pool),
    gradient: () => [],
    lower(sink, inputs, { inputs: [x] }) {
      const { shape } = x as Tensor
      const { image, padding, over } = withinReach(sink, inputs, x as Tensor, pool)
      const found = sink.nodes('MaxPool', image, 2, onnxAttributes({ ...pool, padding }))[1] as string
      return sink.node('Cast', [over === undefined ? found : unpadded(sink, found, shape, over)], {
        to: { dtype: 'int32' },
      })
    },
  }
}

function onnxAttributes(pool: Pool): Record<string, OnnxAttribute> {
  return { ...onnxPoolAttributes(pool), dilations: { ints: pool.dilations } }
}

/**
 * ONNX Runtime takes no padding of the window's size and more, which the last of dilated windows may need. Rows and columns below any
 * number stand for what is `over` at the bottom and right.
 */
function withinReach(
  sink: OnnxSink,
  inputs: readonly string[],
  { dtype }: Type,
  { size, padding }: Pool,
): { image: readonly string[]; padding: Pool['padding']; over?: Pair } {
  const [top, left, bottom, right] = padding
  const over = [Math.max(0, bottom - size[0] + 1), Math.max(0, right - size[1] + 1)] as const
  if (over[0] === 0 && over[1] === 0) return { image: inputs, padding }
  const pads = int64(sink, [0, 0, 0, 0, 0, 0, ...over])
  const least = sink.constant(filled(dtype, [], Number.NEGATIVE_INFINITY))
  const image = sink.node('Pad', [...inputs, pads, least])
  return { image: [image], padding: [top, left, bottom - over[0], right - over[1]], over }
}

/** Flat indices of an image that was padded at the bottom and right, as those of the image. */
function unpadded(sink: OnnxSink, indices: string, shape: Shape, over: Pair): string {
  const [height, width] = shape.slice(2) as [number, number]
  const whole = (onnx: string, a: string, b: number) => sink.node(onnx, [a, sink.constant(valueOf('int64', [], [b]))])
  const [rows, columns] = [height + over[0], width + over[1]]
  const row = whole('Div', indices, columns) // plane · rows + row
  const plane = whole('Mul', whole('Div', row, rows), height)
  const start = whole('Mul', sink.node('Add', [plane, whole('Mod', row, rows)]), width)
  return sink.node('Add', [start, whole('Mod', indices, columns)])
}

function maxOp(pool: Pool): PrimitiveOp {
  return {
    name: 'maxPool2d',
    attributes: poolAttributes(pool),
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
    lower(sink, inputs, { inputs: [x] }) {
      const { image, padding } = withinReach(sink, inputs, x as Tensor, pool)
      return sink.node('MaxPool', image, onnxAttributes({ ...pool, padding }))
    },
  }
}

/**
 * The maximum of every window of x: [batch, channels, height, width] → [batch, channels, oh, ow]. Padding never wins; the first maximum
 * of a window in row-major order takes the gradient.
 */
export function maxPool2d(x: Tensor, options: PoolingOptions): Tensor {
  return apply(maxOp(covering(poolOf('maxPool2d', x, options))), [x])
}
