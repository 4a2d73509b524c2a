// The table of samples: every op of core, with the shapes that break kernels and rules.

import { elementwiseSamples } from './elementwise.ts'
import { linearSamples } from './linear.ts'
import { movementSamples } from './movement.ts'
import { reduceSamples } from './reduce.ts'
import type { OpSample } from './sample.ts'
import { samplingSamples } from './sampling.ts'

/** Samples of every op of core. */
export const opSamples: readonly OpSample[] = [
  ...elementwiseSamples,
  ...movementSamples,
  ...linearSamples,
  ...reduceSamples,
  ...samplingSamples,
]
