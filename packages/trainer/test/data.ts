// A small classification task for tests: three noisy, overlapping clusters.

import { type Dataset, keyOf, randomStream, valueOf } from '@gradwerk/core'

export function clusters(samples: number, seed = 1, features = 6): Dataset {
  const random = randomStream(keyOf(seed))
  const centres = Array.from({ length: 3 }, () => Array.from({ length: features }, () => random.normal()))
  const labels = Array.from({ length: samples }, (_, i) => i % 3)
  const numbers = labels.flatMap((label) => (centres[label] as number[]).map((x) => x + 0.7 * random.normal()))
  return {
    name: 'clusters',
    real: false,
    inputs: valueOf('float32', [samples, features], numbers),
    targets: valueOf('int32', [samples], labels),
    indices: Int32Array.from({ length: samples }, (_, i) => i),
    classes: 3,
    inputScale: 1,
  }
}
