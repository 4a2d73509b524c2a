// How a layer names itself in errors.

import type { LayerContext } from '@gradwerk/core'

/** `layer dense_1`, by the path in the model where there is one. */
export function who(name: string, { path }: Pick<LayerContext, 'path'>): string {
  return `layer ${path || name}`
}
