// Tests of draws against a stated distribution. Seeds and levels are fixed in advance: a failure is a finding, never bad luck to retry.

import { check } from '../errors.ts'
import type { StatedDistribution } from './distributions.ts'

/** So many draws show an error of 1 % of the standard deviation, which Kolmogorov–Smirnov alone never sees. */
export const drawCount = 256_000

/** Largest z-score of mean and variance: one failure in about 300,000 right seeds. */
const largestScore = 4.6
/** Largest √n · D of Kolmogorov–Smirnov: one failure in about 10,000 right seeds. */
const largestDistance = 2.23

/** The Kolmogorov–Smirnov distance between draws and a distribution. */
function distanceOf(draws: Float64Array, distribution: StatedDistribution): number {
  const p = distribution.cumulative(draws.toSorted())
  return p.reduce((most, at, i) => Math.max(most, at - i / p.length, (i + 1) / p.length - at), 0)
}

/** Throws a CheckError unless draws agree with a distribution in mean, variance and shape. */
export function assertDistribution(
  given: ArrayLike<number>,
  distribution: StatedDistribution,
  who = 'assertDistribution',
): void {
  const draws = Float64Array.from(given)
  const { mean, std, kurtosis } = distribution
  const n = draws.length
  const average = draws.reduce((total, x) => total + x, 0) / n
  const spread = draws.reduce((total, x) => total + (x - mean) ** 2, 0) / n
  const meanScore = (average - mean) / (std / Math.sqrt(n))
  check(
    Math.abs(meanScore) < largestScore,
    who,
    `the mean of ${n} draws is off by ${meanScore.toFixed(1)} standard errors`,
    {
      expected: `${mean} (${distribution.name})`,
      got: String(average),
    },
  )
  const spreadScore = (spread / std ** 2 - 1) / Math.sqrt((kurtosis - 1) / n)
  check(
    Math.abs(spreadScore) < largestScore,
    who,
    `the variance of ${n} draws is off by ${spreadScore.toFixed(1)} standard errors`,
    {
      expected: `${std ** 2} (${distribution.name})`,
      got: String(spread),
    },
  )
  const distance = distanceOf(draws, distribution) * Math.sqrt(n)
  check(distance < largestDistance, who, 'the draws are distributed differently (Kolmogorov–Smirnov)', {
    expected: `√n·D below ${largestDistance} for ${distribution.name}`,
    got: distance.toFixed(2),
  })
}
