// A layer under a name of one's own.

import { type Layer, type LayerContext, parseOptions, pluginSchema, type Tensor } from '@gradwerk/core'
import { z } from 'zod'

const schema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z]\w*$/, { error: 'a letter, then letters, digits and _' })
    .meta({ description: 'what the layer is called among its neighbours' }),
  layer: pluginSchema<Layer>('layer').meta({ description: 'the layer' }),
})

export interface NamedOptions {
  /** What the layer is called among its neighbours: a letter, then letters, digits and `_`. */
  readonly name: string
  /** The layer. */
  readonly layer: Layer
}

/**
 * A layer under a name of one's own, inside `sequential`, `residual`, `parallel` and `stochasticDepth`: its parameters are `head.kernel` where
 * they would be `dense_3.kernel`. A second layer of the name is `head_1`.
 *
 * @param first the name, or all options
 * @throws OptionError for a name with other characters, or something that is not a layer
 * @example
 * ```ts
 * sequential([dense(512), relu(), named('head', dense(10))])
 * ```
 */
export function named(first: string | NamedOptions, layer?: Layer): Layer {
  const options = parseOptions('named', schema, typeof first === 'string' ? { name: first, layer } : first)
  return { kind: 'layer', name: 'named', options, apply: options.layer.apply }
}

/** The given name and the layer behind it, of a layer made by `named`. */
function unwrap({ name, options }: Layer): NamedOptions | undefined {
  const parsed = name === 'named' ? schema.safeParse(options) : undefined
  return parsed?.data
}

/** The factory's name of the layer behind any given names. */
export function factoryName(layer: Layer): string {
  const inner = unwrap(layer)
  return inner === undefined ? layer.name : factoryName(inner.layer)
}

/** Applies a layer inside another one, under its given name or that of its factory. */
export function applyChild(context: LayerContext, layer: Layer, x: Tensor): Tensor {
  return context.child(unwrap(layer)?.name ?? layer.name, layer, x)
}
