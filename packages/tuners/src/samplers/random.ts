// Random search: Bergstra & Bengio 2012.

import { parseOptions, type Sampler } from '@gradwerk/core'
import { z } from 'zod'
import { drawUniform } from '../space/unit.ts'

const schema = z.strictObject({})

/**
 * Random search: every parameter uniform on its own scale (logarithmic where it says so), independent of all trials before.
 *
 * Bergstra & Bengio 2012, "Random search for hyper-parameter optimization".
 */
export function random(options: Record<string, never> = {}): Sampler {
  return {
    kind: 'sampler',
    name: 'random',
    options: parseOptions('random', schema, options),
    suggest: ({ space, random: stream }) =>
      Object.fromEntries(
        Object.entries(space).map(([name, distribution]) => [name, drawUniform(distribution, stream.child(name))]),
      ),
  }
}
