// Martens 2010: units with few incoming connections, which stay different from each other in wide layers.

import { type Initializer, parseOptions, sizeOf, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { groupViews } from './weight-view.ts'

const schema = z.strictObject({
  sparsity: z
    .number()
    .min(0)
    .max(1)
    .meta({
      description: 'the part of incoming connections that is zero',
      search: { type: 'float', low: 0, high: 0.95 },
    }),
  standardDeviation: z
    .number()
    .min(0)
    .default(0.01)
    .meta({
      description: 'standard deviation of the other connections',
      search: { type: 'float', low: 1e-3, high: 1, log: true },
    }),
})

export interface SparseOptions {
  /** The part of every output's incoming connections that is zero: 0 to 1. */
  readonly sparsity: number
  /** Standard deviation of the other connections, 0 and more. Default 0.01, as in PyTorch; Martens takes 1. */
  readonly standardDeviation?: number
}

/**
 * Every output has exactly ⌈sparsity · n⌉ of its n incoming connections at 0, chosen at random; the others are w ~ N(0,
 * standardDeviation²).
 *
 * Shapes: a kernel of any axes; n counts the inputs of its group and the receptive field. In PyTorch the zeros are counted in columns of [out, in],
 * thus for every input instead; with our dense kernel [in, out] its columns are the outputs of the paper.
 *
 * Martens 2010, “Deep learning via Hessian-free optimization”, section 5.
 *
 * @param first the sparsity, or all options
 * @throws OptionError for a sparsity outside 0 … 1 or a negative standard deviation; ShapeError for a parameter without inputs and outputs
 * @example
 * ```ts
 * dense(512, { initializer: sparse(0.9, { standardDeviation: 0.1 }) })
 * ```
 */
export function sparse(first: number | SparseOptions, rest: Omit<SparseOptions, 'sparsity'> = {}): Initializer {
  const options = parseOptions('sparse', schema, withMainOption('sparsity', first, rest))
  const { sparsity, standardDeviation } = options
  return {
    kind: 'initializer',
    name: 'sparse',
    options,
    sample(shape, fans, random) {
      const numbers = new Float32Array(sizeOf(shape))
      for (const { outputs, inputs, places, at } of groupViews('sparse', shape, fans)) {
        const connections = Int32Array.from({ length: inputs * places }, (_, i) => i)
        const zeros = Math.ceil(sparsity * connections.length)
        for (let output = 0; output < outputs; output++)
          for (const connection of random.shuffle(connections).subarray(zeros))
            numbers[at(output, Math.floor(connection / places), connection % places)] =
              standardDeviation * random.normal()
      }
      return numbers
    },
  }
}
