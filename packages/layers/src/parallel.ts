// Branches side by side: Szegedy et al. 2015.

import {
  add,
  concat,
  formatShape,
  formatType,
  type Layer,
  type LayerContext,
  normalizeAxis,
  parseOptions,
  ShapeError,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type Branch, branchSchema, isLayer } from './branch.ts'
import { applyChild } from './named.ts'
import { sequential } from './sequential.ts'
import { who } from './who.ts'

const schema = z.strictObject({
  branches: z.array(branchSchema).min(1).readonly().meta({ description: 'layers, or lists of layers, for one input' }),
  merge: z
    .enum(['concat', 'add'])
    .default('concat')
    .meta({ description: 'how the outputs become one', search: { type: 'categorical', choices: ['concat', 'add'] } }),
  axis: z.int().default(1).meta({ description: 'the axis along which outputs are joined by concat' }),
})

export interface ParallelOptions {
  /** Layers, or lists of layers one after another; one and more. All get the same input. */
  readonly branches: readonly Branch[]
  /** `concat` (default) joins the outputs along an axis, `add` sums them. */
  readonly merge?: 'concat' | 'add'
  /** The axis of `concat`, counted from either end, the batch being axis 0. Default 1: channels, or features. */
  readonly axis?: number
}

function applyOne(context: LayerContext, branch: Branch, x: Tensor): Tensor {
  return isLayer(branch) ? applyChild(context, branch, x) : context.child('branch', sequential(branch), x)
}

/** `conv2d → relu` */
function nameOf(branch: Branch): string {
  const layers = isLayer(branch) ? [branch] : branch
  return layers.map(({ name }) => name).join(' → ')
}

/** Throws a ShapeError that names the first branch whose output differs from that of branch 0, along any axis but the given one. */
function checkFit(outputs: readonly Tensor[], names: readonly string[], axis: number | undefined, who: string): void {
  const [first] = outputs
  const compared = ({ shape }: Tensor) => formatShape(shape.filter((_, i) => i !== axis))
  outputs.forEach((output, i) => {
    if (first === undefined || (compared(output) === compared(first) && output.shape.length === first.shape.length))
      return
    throw new ShapeError({
      who,
      problem: `branch ${i} (${names[i]}) does not fit branch 0 (${names[0]})`,
      expected: axis === undefined ? formatType(first) : `${formatType(first)}, but for axis ${axis}`,
      got: formatType(output),
    })
  })
}

/**
 * Branches side by side, each given the same input: y = concat(f₁(x), …, fₙ(x)) along an axis, or their sum.
 *
 * A branch is a layer, or a list of layers, which become a `sequential` named `branch`, `branch_1` …
 *
 * Shapes: x [batch, …]; with `concat` the outputs [batch, channels_i, …] agree in all axes but the one they are joined along, y [batch,
 * Σ channels_i, …]; with `add` the outputs have one shape, which is that of y: nothing is broadcast.
 *
 * Szegedy et al. 2015, “Going deeper with convolutions”, figure 2.
 *
 * @param first the branches, or all options
 * @throws OptionError for something that is not a layer; ShapeError, when traced, for an output that does not fit the first one
 * @example
 * ```ts
 * parallel([conv2d(8, { size: 1 }), [conv2d(4, { size: 1 }), relu(), conv2d(8, { size: 3, padding: 'same' })]])
 * ```
 */
export function parallel(first: readonly Branch[] | ParallelOptions, rest?: Omit<ParallelOptions, 'branches'>): Layer {
  const options = parseOptions('parallel', schema, withMainOption('branches', first, rest))
  return {
    kind: 'layer',
    name: 'parallel',
    options,
    apply(x, context) {
      const outputs = options.branches.map((branch) => applyOne(context, branch, x))
      const names = options.branches.map(nameOf)
      const place = who('parallel', context)
      if (options.merge === 'add') {
        checkFit(outputs, names, undefined, place)
        return outputs.reduce(add)
      }
      const axis = normalizeAxis(place, options.axis, outputs[0]?.shape.length ?? 0)
      checkFit(outputs, names, axis, place)
      return concat(outputs, axis)
    },
  }
}
