// The gradient of a maximum over windows that do not overlap: MaxUnpool puts each number in its place, where scattering would add.

import { isStatic, sameShape, type Tensor, valueOf } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'
import { type Geometry, geometryOf, type Pair } from './convolution.ts'

/** The tensor that is flattened, if that is all that happens to it. */
function flattened(tensor: Tensor): Tensor | undefined {
  return tensor.op.name === 'reshape' && tensor.shape.length === 1 ? tensor.inputs[0] : undefined
}

type Pool = Geometry & { readonly size: Pair }

/** Whether windows along an axis do not overlap and end inside the image, as the node wants them. */
function tiles({ size, strides, padding, dilations }: Pool, axis: number, windows: number, length: number): boolean {
  const [step, width] = [strides[axis] as number, size[axis] as number]
  const end = (windows - 1) * step + width - (padding[axis] as number)
  return step >= width && dilations[axis] === 1 && end <= length + (padding[axis + 2] as number)
}

export const maxUnpool: Rewrite = {
  name: 'max-unpool',
  match(tensor, { resolve, uses }) {
    if (tensor.op.name !== 'reshape' || !isStatic(tensor.shape)) return undefined
    const scattered = resolve(tensor.inputs[0] as Tensor)
    if (scattered.op.name !== 'scatterAdd' || uses(scattered) > 1) return undefined
    const [cotangent, indices] = scattered.inputs.map((input) => flattened(resolve(input)))
    if (cotangent === undefined || indices === undefined) return undefined
    const pool = geometryOf(indices, 'maxPool2dIndices')
    if (pool === undefined || !sameShape(cotangent.shape, indices.shape)) return undefined
    if (!sameShape(indices.inputs[0]?.shape ?? [], tensor.shape)) return undefined
    if (![0, 1].every((axis) => tiles(pool, axis, indices.shape[axis + 2] as number, tensor.shape[axis + 2] as number)))
      return undefined
    return {
      inputs: [cotangent, indices],
      lower(sink, [values, places]) {
        const wide = sink.node('Cast', [places as string], { to: { dtype: 'int64' } })
        const shape = sink.constant(valueOf('int64', [4], tensor.shape))
        return sink.node('MaxUnpool', [values as string, wide, shape], {
          kernel_shape: { ints: pool.size },
          strides: { ints: pool.strides },
          pads: { ints: pool.padding },
        })
      },
    }
  },
}
