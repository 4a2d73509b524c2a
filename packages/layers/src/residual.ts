// A branch added to its own input: He, Zhang, Ren & Sun 2016.

import { type Layer, parseOptions, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { addShortcut, applyBranch, type Branch, residualRows } from './branch.ts'

const schema = z.strictObject(residualRows)

export interface ResidualOptions {
  /** What is added to the input: a layer, or several one after another. */
  readonly branch: Branch
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
export function residual(first: Branch | ResidualOptions, rest?: Omit<ResidualOptions, 'branch'>): Layer {
  const options = parseOptions('residual', schema, withMainOption('branch', first, rest))
  return {
    kind: 'layer',
    name: 'residual',
    options,
    apply: (x, context) =>
      addShortcut('residual', context, options.shortcut, x, applyBranch(context, options.branch, x)),
  }
}
