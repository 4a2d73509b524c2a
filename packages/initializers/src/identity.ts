// Weights that pass their input on.

import { type Initializer, parseOptions, ShapeError, sizeOf } from '@gradwerk/core'
import { z } from 'zod'
import { type GainOptions, gainRow } from './gain-option.ts'
import { weightView } from './weight-view.ts'

const schema = z.strictObject({ gain: gainRow })

/**
 * The identity times the gain: w[i, i] = gain, all else 0. Where there are more inputs than outputs or the other way round, the
 * first ones are connected.
 *
 * Shapes: a dense kernel [in, out]. For convolutions there is `dirac`.
 *
 * Le, Jaitly & Hinton 2015, “A simple way to initialize recurrent networks of rectified linear units”.
 *
 * @throws OptionError for a gain that is not positive; ShapeError for a shape that has not two axes
 * @example
 * ```ts
 * dense(64, { initializer: identity() })
 * ```
 */
export function identity(options: GainOptions = {}): Initializer {
  const parsed = parseOptions('identity', schema, options)
  return {
    kind: 'initializer',
    name: 'identity',
    options: parsed,
    sample(shape, fans) {
      if (shape.length !== 2)
        throw new ShapeError({
          who: 'identity',
          problem: 'the parameter is not a matrix',
          expected: 'two axes',
          got: `[${shape.join(', ')}]`,
          hint: 'dirac() for convolutions',
        })
      const { outputs, inputs, at } = weightView('identity', shape, fans)
      const numbers = new Float32Array(sizeOf(shape))
      for (let i = 0; i < Math.min(outputs, inputs); i++) numbers[at(i, i, 0)] = parsed.gain
      return numbers
    },
  }
}
