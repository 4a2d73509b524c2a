// What the rules around convolution share.

import { isLeaf, type OnnxAttribute, type Tensor } from '@gradwerk/core'
import type { Surroundings } from '@gradwerk/onnx'

export type Pair = readonly [number, number]
export type Four = readonly [number, number, number, number]

/** How a window moves over an image; padding is [top, left, bottom, right]. */
export interface Geometry {
  readonly strides: Pair
  readonly padding: Four
  readonly dilations: Pair
  readonly groups: number
}

function pair([height = 1, width = 1]: readonly number[]): Pair {
  return [height, width]
}

/** The four numbers of a list: the shape of images or of a kernel, or padding. */
export function four([a = 0, b = 0, c = 0, d = 0]: readonly number[]): Four {
  return [a, b, c, d]
}

/** The geometry of an op of the given name, and its window's size if it has one. */
export function geometryOf({ op }: Tensor, name: string): (Geometry & { readonly size: Pair }) | undefined {
  if (isLeaf(op) || op.name !== name) return undefined
  const list = (attribute: string): readonly number[] => {
    const numbers = op.attributes[attribute]
    return typeof numbers === 'object' ? numbers : []
  }
  return {
    size: pair(list('size')),
    strides: pair(list('strides')),
    padding: four(list('padding')),
    dilations: pair(list('dilations')),
    groups: Number(op.attributes['groups'] ?? 1),
  }
}

export interface Convolution {
  readonly x: Tensor
  readonly kernel: Tensor
  /** [outputs], where one is added. */
  readonly bias?: Tensor
  readonly geometry: Geometry
}

function plainConvolution(tensor: Tensor): Convolution | undefined {
  const geometry = geometryOf(tensor, 'conv2d')
  const [x, kernel] = tensor.inputs
  return geometry === undefined || x === undefined || kernel === undefined ? undefined : { x, kernel, geometry }
}

/** The vector [outputs] behind a tensor that adds one number to every channel. */
function channelBias(tensor: Tensor, outputs: number): Tensor | undefined {
  const [vector] = tensor.inputs
  const { shape } = tensor
  if (tensor.op.name !== 'reshape' || vector?.shape.length !== 1 || vector.shape[0] !== outputs) return undefined
  return shape.length === 3 && shape[0] === outputs && shape[1] === 1 && shape[2] === 1 ? vector : undefined
}

/** A convolution, or a convolution plus a bias, of which nothing else is used. */
export function convolutionOf(tensor: Tensor, { resolve, uses }: Surroundings): Convolution | undefined {
  if (tensor.op.name !== 'add') return plainConvolution(tensor)
  const [left, right] = tensor.inputs.map(resolve) as [Tensor, Tensor]
  for (const [y, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const convolution = plainConvolution(y)
    const bias = convolution && channelBias(other, y.shape[1] as number)
    if (convolution !== undefined && bias !== undefined && uses(y) === 1) return { ...convolution, bias }
  }
  return undefined
}

/** The operands of the ONNX node. */
export function operands({ x, kernel, bias }: Convolution): readonly Tensor[] {
  return bias === undefined ? [x, kernel] : [x, kernel, bias]
}

export function convolutionAttributes({
  strides,
  padding,
  dilations,
  groups,
}: Geometry): Record<string, OnnxAttribute> {
  return {
    strides: { ints: strides },
    pads: { ints: padding },
    dilations: { ints: dilations },
    group: { int: groups },
  }
}
