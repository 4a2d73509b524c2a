// What the model believes of a point: mean and variance of the objective there (Rasmussen & Williams 2006, 2.25 and 2.26).

import { factorize, invertTransposed, timesLower, timesUpper, transposed } from './cholesky.ts'
import { matern, maternSlope } from './matern.ts'
import { signalVariance } from './priors.ts'
import { warped } from './warp.ts'

export interface Belief {
  readonly mean: number
  readonly deviation: number
}

export interface Posterior {
  /** The lowest mean of all observed and pending points, on the warped scale that beliefs are on. */
  readonly best: number
  /** Standard deviation of the objective before anything was observed. */
  readonly scale: number
  /** Mean and standard deviation at coordinates. */
  at(coordinates: Float64Array): Belief
  /** How `meanWeight · mean + deviationWeight · deviation` changes by each coordinate, at the point last asked about. */
  slope(meanWeight: number, deviationWeight: number, gradient: Float64Array): void
}

export interface Points {
  /** Coordinates by rows, [observed + pending, columns]: pending ones, whose values are not known yet, come last. */
  readonly rows: Float64Array
  /** For each column, the parameter it belongs to. */
  readonly owners: readonly number[]
  /** How far each observed value is above the best one. */
  readonly heights: Float64Array
}

/**
 * The posterior of fitted hyper-parameters. A pending point is taken to come out at its mean, which changes no mean and takes away the
 * variance around it ("kriging believer", Ginsbourger, Le Riche & Carraro 2010).
 */
export function posteriorOf({ rows, owners, heights }: Points, hyper: Float64Array): Posterior {
  const columns = owners.length
  const all = rows.length / columns
  const n = heights.length
  const noise = Math.exp(hyper[hyper.length - 2] as number)
  const bend = Math.exp(hyper[hyper.length - 1] as number)
  const weights = Float64Array.from(owners, (owner) => Math.exp(-2 * (hyper[owner] as number)))

  const squaredTo = (x: Float64Array, offset: number, i: number): number => {
    let squared = 0
    const row = i * columns
    for (let c = 0; c < columns; c++) {
      const apart = (x[offset + c] as number) - (rows[row + c] as number)
      squared += (weights[c] as number) * apart * apart
    }
    return squared
  }
  const correlationsWith = (diagonal: number): Float64Array => {
    const matrix = new Float64Array(all * all)
    for (let i = 0; i < all; i++) {
      for (let j = 0; j < i; j++) matrix[i * all + j] = matern(squaredTo(rows, i * columns, j))
      matrix[i * all + i] = 1 + diagonal
    }
    return matrix
  }
  // Noise was fitted to some of the points; among all of them two may be so close that it takes more to tell them apart.
  let diagonal = noise
  let factor = correlationsWith(diagonal)
  while (!factorize(factor, all)) {
    diagonal *= 10
    factor = correlationsWith(diagonal)
  }
  const upper = invertTransposed(factor, all)
  const lower = transposed(upper, all)

  const half = new Float64Array(all)
  const back = new Float64Array(all)
  const values = heights.map((height) => warped(height, bend))
  const sum = (a: Float64Array): number => a.reduce((total, x) => total + x, 0)
  const centre = sum(values) / n
  // The leading block of the factor is that of the observed points alone.
  const centred = new Float64Array(all)
  centred.set(values.map((x) => x - centre))
  timesLower(lower, centred, half, all)
  half.fill(0, n)
  timesUpper(upper, half, back, all)
  const alpha = back.slice(0, n)
  const variance = signalVariance(half.subarray(0, n), sum(centred.map((x) => x * x)) / n)

  const asked = new Float64Array(columns)
  const squared = new Float64Array(all)
  const correlations = new Float64Array(all)
  let share = 0
  const at = (coordinates: Float64Array): Belief => {
    asked.set(coordinates)
    let mean = centre
    for (let i = 0; i < all; i++) {
      const distance = squaredTo(coordinates, 0, i)
      const k = matern(distance)
      squared[i] = distance
      correlations[i] = k
      if (i < n) mean += k * (alpha[i] as number)
    }
    timesLower(lower, correlations, half, all)
    let explained = 0
    for (let i = 0; i < all; i++) explained += (half[i] as number) ** 2
    share = Math.sqrt(Math.max(1 - explained, 1e-12))
    return { mean, deviation: Math.sqrt(variance) * share }
  }
  // Not the lowest value itself, which may be low by noise alone.
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < all; i++) best = Math.min(best, at(rows.subarray(i * columns, (i + 1) * columns)).mean)
  return {
    best,
    scale: Math.sqrt(variance),
    at,
    slope(meanWeight, deviationWeight, gradient) {
      timesUpper(upper, half, back, all)
      gradient.fill(0)
      const byCorrelation = (-deviationWeight * Math.sqrt(variance)) / share
      for (let i = 0; i < all; i++) {
        const byMean = i < n ? meanWeight * (alpha[i] as number) : 0
        const outer = 2 * maternSlope(squared[i] as number) * (byMean + byCorrelation * (back[i] as number))
        const row = i * columns
        for (let c = 0; c < columns; c++)
          gradient[c] =
            (gradient[c] as number) +
            outer * (weights[c] as number) * ((asked[c] as number) - (rows[row + c] as number))
      }
    },
  }
}
