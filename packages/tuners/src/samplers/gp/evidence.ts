// How well hyper-parameters explain the observations: the marginal likelihood (Rasmussen & Williams 2006, 5.8) and priors.

import { factorize, invertTransposed, timesLower, timesUpper, transposed, upperSquare } from './cholesky.ts'
import { materns } from './matern.ts'
import { belief, priorsOf, signalVariance } from './priors.ts'
import { warped, warpedSlope } from './warp.ts'

/** What the evidence is of. Pairs i > j stand in the order (1, 0), (2, 0), (2, 1), … */
export interface Observed {
  /** For each parameter the squared distances of all pairs. */
  readonly distances: readonly Float64Array[]
  /** How far each value is above the best one. */
  readonly heights: Float64Array
}

/**
 * The negative log posterior density of hyper-parameters, up to a constant, and its gradient.
 *
 * With R = L Lᵀ the correlations plus noise, w the n warped values, m their mean and s² their variance, it is
 * (n + b)/2 log σ² − b/2 log s² + ½ log |R| − Σ log dw/du and the priors, where the signal variance is solved for instead of searched:
 * σ² = (|L⁻¹(w − m)|² + b s²) / (n + b), its mode under an inverse gamma prior that weighs b observations.
 */
export function negativeEvidence(
  { distances, heights }: Observed,
  hyper: Float64Array,
  gradient: Float64Array,
): number {
  const n = heights.length
  const parameters = distances.length
  const noise = Math.exp(hyper[parameters] as number)
  const bend = Math.exp(hyper[parameters + 1] as number)
  const weights = Float64Array.from(distances, (_, p) => Math.exp(-2 * (hyper[p] as number)))

  const pairs = (n * (n - 1)) / 2
  const squared = new Float64Array(pairs)
  distances.forEach((distance, p) => {
    const weight = weights[p] as number
    for (let k = 0; k < pairs; k++) squared[k] = (squared[k] as number) + weight * (distance[k] as number)
  })
  const { correlations, slopes } = materns(squared)
  const r = new Float64Array(n * n)
  for (let i = 0, k = 0; i < n; i++) {
    for (let j = 0; j < i; j++, k++) r[i * n + j] = correlations[k] as number
    r[i * n + i] = 1 + noise
  }
  if (!factorize(r, n)) return Number.NaN
  const upper = invertTransposed(r, n)
  const inverse = upperSquare(upper, n)

  const sum = (a: Float64Array): number => a.reduce((total, x) => total + x, 0)
  const values = heights.map((height) => warped(height, bend))
  const mean = sum(values) / n
  const centred = values.map((x) => x - mean)
  const half = new Float64Array(n)
  const alpha = new Float64Array(n)
  timesLower(transposed(upper, n), centred, half, n)
  timesUpper(upper, half, alpha, n)
  const spread = sum(centred.map((x) => x * x)) / n
  const variance = signalVariance(half, spread)

  let value =
    0.5 * (n + belief) * Math.log(variance) - 0.5 * belief * Math.log(spread) + n * Math.log(bend) + sum(values)
  let trace = 0
  let alphaSquare = 0
  let bendSlope = n
  const alphaMean = sum(alpha) / n
  for (let i = 0; i < n; i++) {
    const a = alpha[i] as number
    value += Math.log(r[i * n + i] as number)
    trace += inverse[i * n + i] as number
    alphaSquare += a * a
    const byValue = (a - alphaMean) / variance + (belief / n) * (centred[i] as number) * (1 / variance - 1 / spread)
    bendSlope += (1 + byValue) * warpedSlope(heights[i] as number, bend)
  }
  // dR of a pair counts twice, for (i, j) and (j, i), which cancels the ½.
  for (let i = 0, k = 0; i < n; i++)
    for (let j = 0; j < i; j++, k++) {
      const outer = ((alpha[i] as number) * (alpha[j] as number)) / variance - (inverse[i * n + j] as number)
      slopes[k] = outer * (slopes[k] as number)
    }
  distances.forEach((distance, p) => {
    let total = 0
    for (let k = 0; k < pairs; k++) total += (slopes[k] as number) * (distance[k] as number)
    gradient[p] = 2 * (weights[p] as number) * total
  })
  gradient[parameters] = -0.5 * (alphaSquare / variance - trace) * noise
  gradient[parameters + 1] = bendSlope
  priorsOf(parameters).forEach(({ mean: centre, deviation }, p) => {
    const off = ((hyper[p] as number) - centre) / deviation
    value += 0.5 * off * off
    gradient[p] = (gradient[p] as number) + off / deviation
  })
  return value
}
