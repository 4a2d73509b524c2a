// Two-dimensional max pooling. The maximum is found once as an index; the rest is gathering and scattering.

import type { OnnxAttribute } from '../contracts/exporter.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { sizeOf } from '../tensor/shape.ts'
import { apply, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { numbers, type Type, type Value } from '../tensor/value.ts'
import { scatterAdd } from './gather.ts'
import { reshape } from './movement.ts'
import {
  covering,
  onnxPoolAttributes,
  type Pool,
  type PoolingOptions,
  poolAttributes,
  pooledShape,
  poolOf,
} from './pool.ts'

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
    lower: (sink, inputs) =>
      sink.node('Cast', [sink.nodes('MaxPool', inputs, 2, onnxAttributes(pool))[1] as string], {
        to: { dtype: 'int32' },
      }),
  }
}

function onnxAttributes(pool: Pool): Record<string, OnnxAttribute> {
  return { ...onnxPoolAttributes(pool), dilations: { ints: pool.dilations } }
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
    lower: (sink, inputs) => sink.node('MaxPool', inputs, onnxAttributes(pool)),
  }
}

/**
 * The maximum of every window of x: [batch, channels, height, width] → [batch, channels, oh, ow]. Padding never wins; the first maximum
 * of a window in row-major order takes the gradient.
 */
export function maxPool2d(x: Tensor, options: PoolingOptions): Tensor {
  return apply(maxOp(covering(poolOf('maxPool2d', x, options))), [x])
}
