// Two-dimensional average pooling: a convolution of every channel with equal weights.

import { ShapeError } from '../errors.ts'
import { formatShape, type Shape } from '../tensor/shape.ts'
import { apply, type CompositeOp, constant, type Tensor } from '../tensor/tensor.ts'
import { filled, type Type, valueOf } from '../tensor/value.ts'
import { mul } from './binary.ts'
import { conv2d } from './convolution.ts'
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

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether padding counts in the divisor. Default true, PyTorch's. What `ceilMode` adds never counts. */
  readonly countPadding?: boolean | undefined
}

const none = (lengths: readonly number[]) => lengths.every((length) => length === 0)

/** 1 / (elements of each window that count) [1, 1, oh, ow]. */
function reciprocalCounts(
  shape: Shape,
  output: Shape,
  pool: Pool,
  countPadding: boolean,
  dtype: Type['dtype'],
): Tensor {
  const { size, strides, padding } = pool
  const counted = (axis: 0 | 1, i: number) => {
    const start = i * strides[axis] - padding[axis]
    const [before, after] = countPadding ? [padding[axis], padding[(axis + 2) as 2 | 3]] : [0, 0]
    return Math.min(start + size[axis], (shape[axis + 2] as number) + after) - Math.max(start, -before)
  }
  const [oh, ow] = output.slice(2) as [number, number]
  const counts = Array.from({ length: oh * ow }, (_, i) => 1 / (counted(0, Math.floor(i / ow)) * counted(1, i % ow)))
  return constant(valueOf(dtype, [1, 1, oh, ow], counts))
}

function averageOp(pool: Pool, countPadding: boolean): CompositeOp {
  const { size, padding, beyond } = pool
  /** All windows have one divisor. */
  const even = none(beyond) && (countPadding || none(padding))
  return {
    name: 'averagePool2d',
    attributes: { ...poolAttributes(pool), beyond, countPadding },
    compose([image]) {
      const { shape, dtype } = image as Tensor
      const output = pooledShape('averagePool2d', image as Tensor, pool)
      const planes = reshape(image as Tensor, [-1, 1, shape[2] as number, shape[3] as number])
      const weights = constant(filled(dtype, [1, 1, ...size], even ? 1 / (size[0] * size[1]) : 1))
      const sums = reshape(conv2d(planes, weights, covering(pool)), output)
      return even ? sums : mul(sums, reciprocalCounts(shape, output, pool, countPadding, dtype))
    },
    lower(sink, inputs) {
      const [top, left, bottom, right] = padding
      // One node counts either all of its padding or none of it.
      const apart = countPadding && !none(padding) && !none(beyond)
      const image = apart
        ? [sink.node('Pad', [...inputs, int64(sink, [0, 0, top, left, 0, 0, bottom, right])])]
        : inputs
      const around = apart ? { ...pool, padding: [0, 0, 0, 0] as const } : pool
      return sink.node('AveragePool', image, {
        ...onnxPoolAttributes(covering(around)),
        count_include_pad: { int: Number(countPadding && none(beyond)) },
      })
    },
  }
}

/** The mean of every window of x: [batch, channels, height, width] → [batch, channels, oh, ow]. */
export function averagePool2d(x: Tensor, { countPadding = true, ...options }: AveragePoolingOptions): Tensor {
  const pool = poolOf('averagePool2d', x, options)
  if (pool.dilations.some((distance) => distance !== 1))
    throw new ShapeError({
      who: 'averagePool2d',
      problem: 'dilated windows',
      expected: 'dilations [1, 1]',
      got: formatShape(pool.dilations),
    })
  return apply(averageOp(pool, countPadding), [x])
}
