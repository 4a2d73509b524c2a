// Trained vectors for whole numbers: Bengio, Ducharme, Vincent & Jauvin 2003.

import {
  type Constraint,
  cast,
  equal,
  gather,
  type Initializer,
  type Layer,
  parseOptions,
  pluginSchema,
  type Regularizer,
  reshape,
  scalar,
  stopGradient,
  where,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { standardNormal, withZeroRow } from './default-initializer.ts'

const schema = z
  .strictObject({
    entries: z.int().positive().meta({ description: 'number of different indices' }),
    dimensions: z
      .int()
      .positive()
      .meta({ description: 'length of each vector', search: { type: 'int', low: 8, high: 512, log: true } }),
    paddingIndex: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: 'index whose vector is zero and is not trained' }),
    initializer: pluginSchema<Initializer>('initializer')
      .optional()
      .meta({ description: 'first numbers of the vectors; standard normal unless given' }),
    regularizer: pluginSchema<Regularizer>('regularizer').optional().meta({ description: 'penalty of the vectors' }),
    constraint: pluginSchema<Constraint>('constraint').optional().meta({ description: 'set that the vectors stay in' }),
  })
  .refine(({ entries, paddingIndex = 0 }) => paddingIndex < entries, {
    path: ['paddingIndex'],
    error: 'an index below the number of entries',
  })

export interface EmbeddingOptions {
  /** Number of different indices, 1 and more: indices go from 0 to this minus 1. */
  readonly entries: number
  /** Length of each vector, 1 and more. */
  readonly dimensions: number
  /** The index that stands for nothing: its vector begins at zero and gets no gradient, as in PyTorch. Default: none. */
  readonly paddingIndex?: number | undefined
  /** First numbers of the vectors. Default: normal with standard deviation 1, as in PyTorch. */
  readonly initializer?: Initializer | undefined
  /** Penalty of the vectors. Default none. */
  readonly regularizer?: Regularizer | undefined
  /** Set that the vectors stay in. Default none. */
  readonly constraint?: Constraint | undefined
}

/**
 * A trained vector for each index: y[…, :] = kernel[x[…], :].
 *
 * Shapes: x [batch, …] of int32 or int64, or whole numbers of another type, which are cast to int32: a trainer feeds a dataset's inputs as
 * float32 (with the dataset's `inputScale` 1), which holds whole numbers up to 2²⁴ exactly. kernel [entries, dimensions], y [batch, …, dimensions].
 *
 * An index outside 0 … entries − 1 is refused when the program runs, by the reference backend; ONNX Runtime counts negative ones from the end.
 *
 * Bengio et al. 2003, “A neural probabilistic language model”, section 2 (the matrix C).
 *
 * @param first the number of entries, or all options
 * @throws OptionError for an option outside its domain
 * @example
 * ```ts
 * sequential([embedding(1000, { dimensions: 64, paddingIndex: 0 }), flatten(), dense(2)])
 * ```
 */
export function embedding(first: number | EmbeddingOptions, rest?: Omit<EmbeddingOptions, 'entries'>): Layer {
  const options = parseOptions('embedding', schema, withMainOption('entries', first, rest))
  const { entries, dimensions, paddingIndex, initializer = standardNormal, regularizer, constraint } = options
  return {
    kind: 'layer',
    name: 'embedding',
    options,
    apply(x, context) {
      const kernel = context.parameter('kernel', {
        shape: [entries, dimensions],
        role: 'embedding',
        inputAxes: [0],
        outputAxes: [1],
        initializer: paddingIndex === undefined ? initializer : withZeroRow(initializer, paddingIndex),
        regularizer,
        constraint,
      })
      const indices = x.dtype === 'int64' ? x : cast(x, 'int32')
      const y = gather(kernel, indices) // [batch, …, dimensions]
      if (paddingIndex === undefined) return y
      const isPadding = equal(reshape(indices, [...indices.shape, 1]), scalar(paddingIndex, indices.dtype))
      return where(isPadding, stopGradient(y), y)
    },
  }
}
