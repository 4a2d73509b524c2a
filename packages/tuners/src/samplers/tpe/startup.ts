// The first trials of a search: random, but apart from each other.

import type { RandomStream } from '@gradwerk/core'
import { uniform53 } from '../../space/unit.ts'
import type { Axis } from './coordinates.ts'

/** The mean square of a difference of two uniform numbers is 1/6; that of a parameter that one trial lacks counts as much. */
const unknown = 1 / 6

function squaredDistance(axes: readonly Axis[], a: readonly number[], b: readonly number[]): number {
  return axes.reduce((sum, { choices }, i) => {
    const difference = (a[i] as number) - (b[i] as number)
    if (Number.isNaN(difference)) return sum + unknown
    return sum + (choices > 0 ? (difference === 0 ? 0 : 2 * unknown) : difference * difference)
  }, 0)
}

/**
 * Of several random points the one farthest from its nearest neighbour among the known ones; coordinates in `given` that are not NaN are kept.
 *
 * Mitchell 1991, "Spectrally optimal sampling for distribution ray tracing": best candidate.
 */
export function bestCandidate(
  axes: readonly Axis[],
  known: readonly (readonly number[])[],
  given: readonly number[],
  count: number,
  random: RandomStream,
): number[] {
  let best: number[] = []
  let farthest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    const point = axes.map(({ choices }, a) => {
      if (!Number.isNaN(given[a])) return given[a] as number
      return choices > 0 ? random.integer(choices) : uniform53(random)
    })
    const distance = known.reduce((least, other) => Math.min(least, squaredDistance(axes, point, other)), 1e9)
    if (distance > farthest) [farthest, best] = [distance, point]
  }
  return best
}
