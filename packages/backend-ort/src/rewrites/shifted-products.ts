// The gradient of a convolution's kernel, tap by tap: the cotangent times the image shifted by that tap, a product of matrices for
// every sample. The standard lowering, a convolution with kernels as large as the cotangent, takes two to three times as long.

import { isStatic, type OnnxSink, type Tensor, valueOf } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'
import { type Four, four, type Geometry, geometryOf } from './convolution.ts'

/** Below so many channels the products are too small to pay. */
const fewestChannels = 8

function lower(
  sink: OnnxSink,
  [x, y]: readonly string[],
  [image, output, kernel]: readonly [Four, Four, Four],
  g: Geometry,
): string {
  const [batch, channels] = image
  const [, outputs, oh, ow] = output
  const [, , kh, kw] = kernel
  const list = (numbers: readonly number[]) => sink.constant(valueOf('int64', [numbers.length], numbers))
  const [top, left, bottom, right] = g.padding
  const padded = g.padding.some((zeros) => zeros > 0)
    ? sink.node('Pad', [x as string, list([0, 0, top, left, 0, 0, bottom, right])])
    : (x as string)
  const cotangent = sink.node('Reshape', [y as string, list([batch, outputs, oh * ow])])
  const taps = Array.from({ length: kh * kw }, (_, tap) => {
    const from = [Math.floor(tap / kw) * g.dilations[0], (tap % kw) * g.dilations[1]] as const
    const to = [from[0] + (oh - 1) * g.strides[0] + 1, from[1] + (ow - 1) * g.strides[1] + 1]
    const shifted = sink.node('Slice', [padded, list(from), list(to), list([2, 3]), list(g.strides)])
    const rows = sink.node('Reshape', [shifted, list([batch, channels, oh * ow])])
    const products = sink.node('com.microsoft.FusedMatMul', [cotangent, rows], { transB: { int: 1 } })
    return sink.node('ReduceSum', [products, list([0])], { keepdims: { int: 1 } }) // [1, outputs, channels]
  })
  const all = sink.node('Concat', taps, { axis: { int: 0 } })
  return sink.node('Reshape', [sink.node('Transpose', [all], { perm: { ints: [1, 2, 0] } }), list(kernel)])
}

export const shiftedProducts: Rewrite = {
  name: 'shifted-products',
  match(tensor) {
    const geometry = geometryOf(tensor, 'conv2dKernelGradient')
    const [x, y] = tensor.inputs as [Tensor, Tensor]
    if (geometry?.groups !== 1 || !isStatic(x.shape) || !isStatic(y.shape)) return undefined
    const shapes = [four(x.shape), four(y.shape), four(tensor.shape)] as const
    if (Math.min(tensor.shape[0] as number, tensor.shape[1] as number) < fewestChannels) return undefined
    return { inputs: [x, y], lower: (sink, names) => lower(sink, names, shapes, geometry) }
  },
}
