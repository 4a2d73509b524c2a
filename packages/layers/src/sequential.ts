// One layer after another.

import { type Layer, parseOptions, pluginSchema, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { applyChild } from './named.ts'

const schema = z.strictObject({
  layers: z.array(pluginSchema<Layer>('layer')).readonly().meta({ description: 'the layers, from the input on' }),
})

export interface SequentialOptions {
  /** The layers, from the input on. None make the identity. */
  readonly layers: readonly Layer[]
}

/**
 * Layers one after another: y = fₙ(… f₂(f₁(x))). Their parameters are named after them: `dense.kernel`, `dense_1.kernel`; `named` gives
 * a layer another name.
 *
 * @param first the layers, or all options
 * @throws OptionError for something that is not a layer
 * @example
 * ```ts
 * const model = sequential([flatten(), dense(512), relu(), dense(10)])
 * ```
 */
export function sequential(first: readonly Layer[] | SequentialOptions): Layer {
  const options = parseOptions('sequential', schema, withMainOption('layers', first))
  return {
    kind: 'layer',
    name: 'sequential',
    options,
    apply: (x, context) => options.layers.reduce((from, layer) => applyChild(context, layer, from), x),
  }
}
