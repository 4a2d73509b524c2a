// A branch added to its own input: He, Zhang, Ren & Sun 2016.

import {
  add,
  formatType,
  type Layer,
  parseOptions,
  pluginSchema,
  ShapeError,
  sameShape,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { who } from './who.ts'

const layer = pluginSchema<Layer>('layer')

const schema = z.strictObject({
  branch: z
    .union([layer, z.array(layer).readonly()], { error: 'a layer or a list of layers' })
    .meta({ description: 'what is added to the input: a layer, or several one after another' }),
  shortcut: layer.optional().meta({ description: 'applied to the input where the branch changes its shape' }),
})

export interface ResidualOptions {
  /** What is added to the input: a layer, or several one after another. */
  readonly branch: Layer | readonly Layer[]
  /** Applied to the input before the sum; needed where the branch changes the shape. Default: the input as it is. */
  readonly shortcut?: Layer | undefined
}

/**
 * A residual connection: y = shortcut(x) + f(x), where f is one layer or several one after another.
 *
 * Shapes: x [batch, …]; y has the shape of f(x), which must be that of shortcut(x): nothing is broadcast.
 *
 * He et al. 2016, “Deep residual learning”, equations 1 and 2 (with a shortcut).
 *
 * @param first the branch, or all options
 * @throws OptionError for something that is not a layer; ShapeError, when traced, for two shapes that differ
 * @example
 * ```ts
 * sequential([dense(64), residual([dense(64), relu()]), residual(dense(32), { shortcut: dense(32) })])
 * ```
 */
export function residual(
  first: Layer | readonly Layer[] | ResidualOptions,
  rest?: Omit<ResidualOptions, 'branch'>,
): Layer {
  const options = parseOptions('residual', schema, withMainOption('branch', first, rest))
  const branch: readonly Layer[] = [options.branch].flat()
  return {
    kind: 'layer',
    name: 'residual',
    options,
    apply(x, context) {
      const changed = branch.reduce((from, inner) => context.child(inner.name, inner, from), x)
      const kept = options.shortcut === undefined ? x : context.child('shortcut', options.shortcut, x)
      if (sameShape(kept.shape, changed.shape)) return add(kept, changed)
      throw new ShapeError({
        who: who('residual', context),
        problem: 'the branch does not fit the shortcut it is added to',
        expected: formatType(kept),
        got: formatType(changed),
        hint: 'a shortcut that changes the shape as well: residual(branch, { shortcut: dense(…) or conv2d(…, { size: 1 }) })',
      })
    },
  }
}
