// Multi-head self-attention: Vaswani et al. 2017, section 3.2.2.

import {
  dynamic,
  formatShape,
  type Layer,
  matmul,
  parseOptions,
  pluginSchema,
  reshape,
  ShapeError,
  slice,
  type Tensor,
  transpose,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { attentionWeights } from './attention.ts'
import { dense } from './dense.ts'
import { type WeightOptions, weightRows } from './weight-options.ts'
import { who } from './who.ts'

const schema = z.strictObject({
  heads: z
    .int()
    .positive()
    .meta({
      description: 'number of heads; divides the features',
      search: { type: 'categorical', choices: [1, 2, 4, 8] },
    }),
  causal: z.boolean().default(false).meta({ description: 'whether a place sees only those up to itself' }),
  dropout: pluginSchema<Layer>('layer').optional().meta({ description: 'on the attention weights' }),
  ...weightRows,
})

export interface MultiHeadAttentionOptions extends WeightOptions {
  /** Number of heads, 1 and more; divides the features. */
  readonly heads: number
  /** Whether a place sees only those up to itself. Default false. */
  readonly causal?: boolean
  /** On the attention weights: `dropout(0.1)`. Default none. */
  readonly dropout?: Layer | undefined
}

/**
 * Self-attention with several heads: queries, keys and values are projections of x; each head attends with its part of their features, and
 * what the heads give is joined and projected again.
 *
 * Shapes: x and y [batch, length, features]; the kernel of `projection` is [features, 3 · features] (queries, keys, values side by side, PyTorch's
 * `in_proj_weight` transposed), that of `output` [features, features]; each head has features / heads of them.
 *
 * Vaswani et al. 2017, “Attention is all you need”, section 3.2.2.
 *
 * @param first the number of heads, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input that is no batch of sequences or features
 * that the heads do not divide
 * @example
 * ```ts
 * residual([multiHeadAttention(4, { causal: true })])
 * ```
 */
export function multiHeadAttention(
  first: number | MultiHeadAttentionOptions,
  rest?: Omit<MultiHeadAttentionOptions, 'heads'>,
): Layer {
  const options = parseOptions('multiHeadAttention', schema, withMainOption('heads', first, rest))
  const { heads, causal, dropout, ...weights } = options
  return {
    kind: 'layer',
    name: 'multiHeadAttention',
    options,
    apply(x, context) {
      const [batch = dynamic, length = dynamic, features = dynamic] = x.shape
      if (x.shape.length !== 3 || length === dynamic || features === dynamic || features % heads !== 0)
        throw new ShapeError({
          who: who('multiHeadAttention', context),
          problem: 'the input is not a batch of sequences that the heads can divide',
          expected: `[batch, length, features] with a multiple of ${heads} features`,
          got: formatShape(x.shape),
        })
      const projected = context.child('projection', dense(3 * features, weights), x) // [batch, length, 3 · features]
      const part = (i: number): Tensor => {
        const own = slice(projected, [{ axis: 2, start: i * features, end: (i + 1) * features }])
        return transpose(reshape(own, [batch, length, heads, features / heads]), [0, 2, 1, 3])
      }
      const attention = attentionWeights(part(0), part(1), { causal }) // [batch, heads, length, length]
      const kept = dropout === undefined ? attention : context.child('dropout', dropout, attention)
      const joined = reshape(transpose(matmul(kept, part(2)), [0, 2, 1, 3]), x.shape)
      return context.child('output', dense(features, weights), joined)
    },
  }
}
