// Branches: a layer or several one after another, and their sum with a shortcut.

import {
  add,
  formatType,
  type Layer,
  type LayerContext,
  pluginSchema,
  ShapeError,
  sameShape,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { applyChild } from './named.ts'
import { who } from './who.ts'

/** A layer, or several one after another. */
export type Branch = Layer | readonly Layer[]

const layer = pluginSchema<Layer>('layer')

export const branchSchema: z.ZodType<Branch, Branch> = z.union([layer, z.array(layer).readonly()], {
  error: 'a layer or a list of layers',
})

/** What a sum of a branch and its input puts into its schema. */
export const residualRows: {
  readonly branch: z.ZodType<Branch, Branch>
  readonly shortcut: z.ZodOptional<z.ZodType<Layer, Layer>>
} = {
  branch: branchSchema.meta({ description: 'what is added to the input: a layer, or several one after another' }),
  shortcut: layer.optional().meta({ description: 'applied to the input where the branch changes its shape' }),
}

export function isLayer(branch: Branch): branch is Layer {
  return !Array.isArray(branch)
}

export function applyBranch(context: LayerContext, branch: Branch, x: Tensor): Tensor {
  const layers = isLayer(branch) ? [branch] : branch
  return layers.reduce((from, inner) => applyChild(context, inner, from), x)
}

/** shortcut(x) + changed. Throws a ShapeError where the two differ in shape. */
export function addShortcut(
  name: string,
  context: LayerContext,
  shortcut: Layer | undefined,
  x: Tensor,
  changed: Tensor,
): Tensor {
  const kept = shortcut === undefined ? x : context.child('shortcut', shortcut, x)
  if (sameShape(kept.shape, changed.shape)) return add(kept, changed)
  throw new ShapeError({
    who: who(name, context),
    problem: 'the branch does not fit the shortcut it is added to',
    expected: formatType(kept),
    got: formatType(changed),
    hint: `a shortcut that changes the shape as well: ${name}(branch, { shortcut: dense(…) or conv2d(…, { size: 1 }) })`,
  })
}
