// Convolution in the blocked layout of ONNX Runtime's CPU library, [batch, channels / block, height, width, block], which makes one
// vector of neighbouring channels. The library uses it by itself only for kernels that never change.

import { isStatic, type OnnxSink, type Tensor, valueOf } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'
import {
  convolutionAttributes,
  convolutionOf,
  type Four,
  four,
  type Geometry,
  geometryOf,
  operands,
} from './convolution.ts'

function integers(sink: OnnxSink, list: readonly number[]): string {
  return sink.constant(valueOf('int64', [list.length], list))
}

/** Reorders a kernel [outputs, inputs, height, width] to [outputs / b, inputs / b, height, width, b (inputs), b (outputs)]. */
function blockedKernel(sink: OnnxSink, kernel: string, [o, i, h, w]: Four, block: number): string {
  const split = sink.node('Reshape', [kernel, integers(sink, [o / block, block, i / block, block, h, w])])
  const order = sink.node('Transpose', [split], { perm: { ints: [0, 2, 4, 5, 3, 1] } })
  return sink.node('Reshape', [order, integers(sink, [o, i, h, w])])
}

/** The kernel of the transposed convolution, reordered: inputs and outputs change places and the taps are reversed. */
function blockedTranspose(sink: OnnxSink, kernel: string, [o, i, h, w]: Four, block: number): string {
  const split = sink.node('Reshape', [kernel, integers(sink, [o / block, block, i / block, block, h * w])])
  const order = sink.node('Transpose', [split], { perm: { ints: [2, 0, 4, 1, 3] } })
  const reversed = integers(
    sink,
    Array.from({ length: h * w }, (_, tap) => h * w - 1 - tap),
  )
  const flipped = sink.node('Gather', [order, reversed], { axis: { int: 2 } })
  return sink.node('Reshape', [flipped, integers(sink, [i, o, h, w])])
}

/** One blocked convolution between two changes of layout. */
function blocked(sink: OnnxSink, [x, ...others]: readonly string[], kernel: Four, geometry: Geometry): string {
  const image = sink.node('com.microsoft.nchwc.ReorderInput', [x as string])
  const y = sink.node('com.microsoft.nchwc.Conv', [image, ...others], {
    ...convolutionAttributes(geometry),
    kernel_shape: { ints: kernel.slice(2) },
  })
  return sink.node('com.microsoft.nchwc.ReorderOutput', [y], { channels: { int: kernel[0] } })
}

/** A convolution of x with a kernel and perhaps a bias. */
export function blockedNodes(
  sink: OnnxSink,
  [x, kernel, ...bias]: readonly [string, string, ...string[]],
  shape: Four,
  geometry: Geometry,
  block: number,
): string {
  return blocked(sink, [x, blockedKernel(sink, kernel, shape, block), ...bias], shape, geometry)
}

/** Kernels of one tap are products of matrices already; others gain where the channels fill whole blocks. */
function gains({ shape }: Tensor, { groups }: Geometry, block: number): boolean {
  const [outputs, inputs, height, width] = four(shape)
  return groups === 1 && height * width > 1 && outputs % block === 0 && inputs % block === 0
}

/** Convolutions, with their bias if they have one. */
export function blockedConvolution(block: number): Rewrite {
  return {
    name: 'blocked-convolution',
    match(tensor, surroundings) {
      const convolution = convolutionOf(tensor, surroundings)
      if (convolution === undefined || !gains(convolution.kernel, convolution.geometry, block)) return undefined
      const shape = four(convolution.kernel.shape)
      return {
        inputs: operands(convolution),
        lower(sink, [x, kernel, ...bias]) {
          return blockedNodes(sink, [x as string, kernel as string, ...bias], shape, convolution.geometry, block)
        },
      }
    },
  }
}

/** Gradients in the image at stride 1: convolutions of the cotangent with the reversed kernel. */
export function blockedInputGradient(block: number): Rewrite {
  return {
    name: 'blocked-input-gradient',
    match(tensor) {
      const geometry = geometryOf(tensor, 'conv2dInputGradient')
      const [y, kernel] = tensor.inputs
      if (geometry === undefined || y === undefined || kernel === undefined) return undefined
      if (geometry.strides.some((stride) => stride !== 1) || !isStatic(kernel.shape)) return undefined
      if (!gains(kernel, geometry, block)) return undefined
      const [outputs, inputs, height, width] = four(kernel.shape)
      const reach = [geometry.dilations[0] * (height - 1), geometry.dilations[1] * (width - 1)]
      const padding = geometry.padding.map((zeros, side) => (reach[side % 2] as number) - zeros)
      if (padding.some((zeros) => zeros < 0)) return undefined
      const reversed = { ...geometry, padding: four(padding) }
      return {
        inputs: [y, kernel],
        lower(sink, [from, weights]) {
          const turned = blockedTranspose(sink, weights as string, [outputs, inputs, height, width], block)
          return blocked(sink, [from as string, turned], [inputs, outputs, height, width], reversed)
        },
      }
    },
  }
}
