// Scaled dot-product attention: Vaswani et al. 2017, equation 1.

import {
  add,
  constant,
  formatShape,
  matmul,
  mul,
  parseOptions,
  type Shape,
  ShapeError,
  softmax,
  type Tensor,
  valueOf,
} from '@gradwerk/core'
import { z } from 'zod'

export interface AttentionOptions {
  /** Whether a query sees only the keys up to its own place. Default false. */
  readonly causal?: boolean
}

const schema = z.strictObject({
  causal: z.boolean().default(false).meta({ description: 'whether a query sees only the keys up to its own place' }),
})

const who = 'scaledDotProductAttention'

/** [queries, keys]: 0 where a query sees a key, −∞ where it does not. */
function causalMask(queries: number, keys: number, dtype: Tensor['dtype']): Tensor {
  const sees = (i: number) => i % keys <= Math.floor(i / keys)
  const numbers = Array.from({ length: queries * keys }, (_, i) => (sees(i) ? 0 : Number.NEGATIVE_INFINITY))
  return constant(valueOf(dtype, [queries, keys], numbers))
}

function lastTwo(shape: Shape, what: string): [number, number] {
  const [length, features] = shape.slice(-2)
  if (shape.length >= 2 && length !== undefined && features !== undefined && features > 0) return [length, features]
  throw new ShapeError({
    who,
    problem: `the ${what} are no sequences`,
    expected: '[…, length, features]',
    got: formatShape(shape),
  })
}

/**
 * How much each query attends to each key: softmax(q · kᵀ / √features), each row of which sums to 1. With `causal`, what lies behind a query
 * has weight 0.
 *
 * Shapes: q […, queries, features], k […, keys, features]; weights […, queries, keys].
 *
 * Throws a ShapeError for queries and keys of different features, an OptionError for an option outside its domain.
 *
 * @example
 * ```ts
 * const weights = attentionWeights(q, k, { causal: true })
 * ```
 */
export function attentionWeights(q: Tensor, k: Tensor, options: AttentionOptions = {}): Tensor {
  const { causal } = parseOptions('attentionWeights', schema, options)
  const [queries, features] = lastTwo(q.shape, 'queries')
  const [keys, sought] = lastTwo(k.shape, 'keys')
  if (features !== sought)
    throw new ShapeError({
      who,
      problem: 'queries and keys have different features',
      expected: formatShape(q.shape.with(-2, keys)),
      got: formatShape(k.shape),
    })
  const scores = mul(matmul(q, k, { transposeB: true }), 1 / Math.sqrt(features)) // […, queries, keys]
  return softmax(causal ? add(scores, causalMask(queries, keys, q.dtype)) : scores, -1)
}

/**
 * Attention: y = softmax(q · kᵀ / √features) · v, a mean of values for each query, weighted by how well their keys match it.
 *
 * Shapes: q […, queries, features], k […, keys, features], v […, keys, values]; y […, queries, values].
 *
 * Vaswani et al. 2017, “Attention is all you need”, equation 1.
 *
 * @example
 * ```ts
 * const y = scaledDotProductAttention(q, k, v, { causal: true })
 * ```
 */
export function scaledDotProductAttention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  return matmul(attentionWeights(q, k, parseOptions(who, schema, options)), v)
}
