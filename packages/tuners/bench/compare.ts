// Whether our searches end lower than others of which only the quartiles are known.

import { keyOf, randomStream } from '@gradwerk/core'

/** The number at a share of a sorted sample, interpolated. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (place - Math.floor(place)) * (high - low)
}

export const quartilesOf = (sample: readonly number[]): number[] =>
  [0.25, 0.5, 0.75].map((share) => quantile(sample, share))

/** The mean number of their quartiles that one of ours lies above: 1.5 where both are alike; one on a quartile counts half. */
export function meanPlace(ours: readonly number[], quartiles: readonly number[]): number {
  const places = ours.map((x) => quartiles.reduce((sum, q) => sum + (x > q ? 1 : x === q ? 0.5 : 0), 0))
  return places.reduce((a, b) => a + b, 0) / ours.length
}

/** What `meanPlace` is when both samples have one continuous distribution, whichever: 20,000 drawn cases, sorted. */
function nullPlaces(ours: number, theirs: number): Float64Array {
  const random = randomStream(keyOf(1))
  const sample = (count: number) => Array.from({ length: count }, random.uniform)
  return Float64Array.from({ length: 20_000 }, () => meanPlace(sample(ours), quartilesOf(sample(theirs)))).sort()
}

export interface Comparison {
  readonly place: number
  /** Probability of a place this high if ours were as good. */
  readonly worse: number
  /** Probability of a place this low if theirs were as good. */
  readonly better: number
}

/**
 * A rank-sum test on what is known: their sample of n falls into four parts by its quartiles, and our numbers are counted in them. The distribution
 * under equality does not depend on the function, so it is simulated once.
 */
export function comparer(
  ours: number,
  theirs: number,
): (sample: readonly number[], quartiles: readonly number[]) => Comparison {
  const places = nullPlaces(ours, theirs)
  return (sample, quartiles) => {
    const place = meanPlace(sample, quartiles)
    const share = (holds: (other: number) => boolean) => (places.filter(holds).length + 1) / (places.length + 1)
    return { place, worse: share((other) => other >= place), better: share((other) => other <= place) }
  }
}

/** Holm 1979: which of several probabilities are below the level, corrected for their number. */
export function holm(probabilities: readonly number[], level = 0.05): boolean[] {
  const order = [...probabilities.keys()].toSorted((a, b) => (probabilities[a] ?? 1) - (probabilities[b] ?? 1))
  const passed = probabilities.map(() => false)
  for (const [i, index] of order.entries()) {
    if ((probabilities[index] ?? 1) > level / (order.length - i)) break
    passed[index] = true
  }
  return passed
}
