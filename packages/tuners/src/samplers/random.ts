// Random search: Bergstra & Bengio 2012.

import type { Sampler } from '@gradwerk/core'
import { drawUniform } from '../space/unit.ts'

/**
 * Random search: every parameter uniform on its own scale (logarithmic where it says so), independent of all trials before.
 *
 * Bergstra & Bengio 2012, "Random search for hyper-parameter optimization".
 */
export function random(): Sampler {
  return {
    kind: 'sampler',
    name: 'random',
    options: {},
    suggest: ({ space, random: stream }) =>
      Object.fromEntries(
        Object.entries(space).map(([name, distribution]) => [name, drawUniform(distribution, stream.child(name))]),
      ),
  }
}
