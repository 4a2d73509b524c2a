// Points among which the search for the best acquisition begins: spread over the space, and scattered around good trials.

import type { RandomStream } from '@gradwerk/core'
import { uniform53 } from '../../space/unit.ts'
import { type Axis, isChoice, placeFromUnit } from './axis.ts'

/** The root of x^(d+1) = x + 1: powers of its inverse are badly approximable together, as the golden ratio is alone. */
function harmonious(dimensions: number): number {
  let root = 2
  for (let i = 0; i < 40; i++) root = (1 + root) ** (1 / (dimensions + 1))
  return root
}

/** A Kronecker sequence from a random start: evenly spread in every dimension (Roberts 2018, "R_d"). */
export function spread(axes: readonly Axis[], count: number, random: RandomStream): Float64Array[] {
  const root = harmonious(axes.length)
  const start = axes.map(() => uniform53(random))
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from(axes, (axis, a) => placeFromUnit(axis, ((start[a] as number) + (i + 1) * root ** -(a + 1)) % 1)),
  )
}

/** A neighbour: each range moves by a normal step reflected into the unit interval, each choice is now and then another. */
function neighbour(axes: readonly Axis[], places: Float64Array, scale: number, random: RandomStream): Float64Array {
  // One parameter certainly moves, each other one with probability one half.
  const certain = random.integer(axes.length)
  return places.map((place, a) => {
    const axis = axes[a] as Axis
    if (Number.isNaN(place)) return placeFromUnit(axis, uniform53(random))
    if (a !== certain && random.uniform() < 0.5) return place
    if (isChoice(axis)) return placeFromUnit(axis, uniform53(random))
    const moved = Math.abs(place + scale * random.normal()) % 2
    const unit = moved > 1 ? 2 - moved : moved
    return axis.places === undefined ? unit : nearest(axis.places, unit)
  })
}

/** The closest of sorted numbers. */
function nearest(sorted: Float64Array, to: number): number {
  return sorted.reduce((best, x) => (Math.abs(x - to) < Math.abs(best - to) ? x : best))
}

/** Neighbours of places at distances from a tenth of the range down to a thousandth. */
export function around(
  axes: readonly Axis[],
  centres: readonly Float64Array[],
  count: number,
  random: RandomStream,
): Float64Array[] {
  return centres.flatMap((centre) =>
    Array.from({ length: count }, () => neighbour(axes, centre, 0.1 * 100 ** -random.uniform(), random)),
  )
}
