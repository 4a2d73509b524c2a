// Objectives with heavy upper tails, where a model of the raw values would see nothing but the tail: the model is of their logarithm, from the
// best value upwards, and how soon the logarithm sets in is fitted with the model (a warped Gaussian process, Snelson et al. 2004).

/**
 * Heights u = (y − best) / (upper quartile − best) of values to be minimised: 0 for the best. Neither a cluster of trials around the best one nor a
 * few that diverged changes their unit.
 */
export function heightsOf(values: readonly number[]): Float64Array {
  const sorted = Float64Array.from(values).sort()
  const best = sorted[0] as number
  const upper = sorted[Math.floor(0.75 * (sorted.length - 1))] as number
  const unit = (upper > best ? upper : (sorted[sorted.length - 1] as number)) - best
  return Float64Array.from(values, (value) => (unit > 0 ? (value - best) / unit : 0))
}

/** log(1 + u/c): near-linear below the bend c, logarithmic above it. */
export function warped(height: number, bend: number): number {
  return Math.log1p(height / bend)
}

/** Its derivative by log c: −u / (c + u). */
export function warpedSlope(height: number, bend: number): number {
  return -height / (bend + height)
}
