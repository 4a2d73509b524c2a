// A network as a layer: its name and options, and the layers that they make.

import { type Layer, reshape, type Tensor } from '@gradwerk/core'
import { sequential } from '@gradwerk/layers'

/** Layers one after another under the name of a model; parameters are named as in `sequential`. */
export function network(
  name: string,
  options: Readonly<Record<string, unknown>>,
  layers: readonly (Layer | undefined)[],
): Layer {
  const { apply } = sequential(layers.filter((layer) => layer !== undefined))
  return { kind: 'layer', name, options, apply }
}

/** Grey images [batch, height, width], as datasets hold them, get their one channel. */
function withChannels(x: Tensor): Tensor {
  const [batch, height, width, ...more] = x.shape
  const isGrey = batch !== undefined && height !== undefined && width !== undefined && more.length === 0
  return isGrey ? reshape(x, [batch, 1, height, width]) : x
}

/** A network of images: [batch, channels, height, width], or [batch, height, width] for one channel. */
export function imageNetwork(
  name: string,
  options: Readonly<Record<string, unknown>>,
  layers: readonly (Layer | undefined)[],
): Layer {
  const { apply } = network(name, options, layers)
  return { kind: 'layer', name, options, apply: (x, context) => apply(withChannels(x), context) }
}
