// Names layers in messages.

import type { LayerContext } from '@gradwerk/core'

/** `layer encoder.layerNorm` */
export function who(name: string, { path }: LayerContext): string {
  return `layer ${path || name}`
}
