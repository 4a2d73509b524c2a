// Mishkin & Matas 2016: layer by layer, orthogonal weights are scaled until the layer's output on a batch has variance 1.

import { type Initializer, numbers, parseOptions, type Value, value } from '@gradwerk/core'
import { z } from 'zod'
import { orthogonalNumbers } from './orthogonal.ts'

const schema = z.strictObject({
  tolerance: z
    .number()
    .positive()
    .default(0.1)
    .meta({ description: 'how far from 1 the variance may stay', search: { type: 'float', low: 0.01, high: 0.2 } }),
  rounds: z.int().positive().default(10).meta({ description: 'corrections of a layer at most' }),
})

export interface LsuvOptions {
  /** How far from 1 the variance of the output may stay, above 0. Default 0.1, as in the paper. */
  readonly tolerance?: number
  /** Corrections of a layer at most, 1 and more. Default 10. */
  readonly rounds?: number
}

/** Mean of squared deviations over all elements, in two passes. */
function varianceOf({ data }: Value): number {
  let [mean, variance] = [0, 0]
  for (const y of data) mean += Number(y) / data.length
  for (const y of data) variance += (Number(y) - mean) ** 2 / data.length
  return variance
}

/**
 * Layer-sequential unit variance: orthonormal weights, then, from the input on, W ← W / √Var(y) until |Var(y) − 1| < tolerance,
 * where y is the output of the layer that owns W (before the activation, which is a layer of its own) for a batch of training
 * data, and Var is taken over all of its elements. A layer whose output does not vary, or is not finite, stays as it is.
 *
 * Shapes: a kernel of any axes, as in `orthogonal`. The trainer calls `calibrate` before the first step, on the first 256 training
 * samples.
 *
 * Mishkin & Matas 2016, “All you need is a good init”, algorithm 1.
 *
 * @throws OptionError for a tolerance that is not positive; ShapeError for a parameter without inputs and outputs, such as a bias
 * @example
 * ```ts
 * dense(512, { initializer: lsuv() })
 * ```
 */
export function lsuv(options: LsuvOptions = {}): Initializer {
  const parsed = parseOptions('lsuv', schema, options)
  const { tolerance, rounds } = parsed
  return {
    kind: 'initializer',
    name: 'lsuv',
    options: parsed,
    sample: (shape, fans, random) => orthogonalNumbers('lsuv', 1, shape, fans, random),
    calibrate(parameter, output, round) {
      const variance = varianceOf(output)
      const usable = variance > 0 && Number.isFinite(variance)
      if (!usable || Math.abs(variance - 1) < tolerance || round >= rounds) return undefined
      const deviation = Math.sqrt(variance)
      return value(
        'float32',
        parameter.shape,
        Float32Array.from(numbers(parameter), (w) => w / deviation),
      )
    },
  }
}
