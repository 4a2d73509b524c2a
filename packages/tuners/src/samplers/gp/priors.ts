// What hyper-parameters are likely to be before anything is observed.

import type { Box } from './minimize.ts'

/** A normal distribution, cut off at both ends. */
interface Prior {
  readonly mean: number
  readonly deviation: number
  readonly low: number
  readonly high: number
}

/** Logarithm of a length scale in units of the parameter's range. */
const lengthPrior: Prior = {
  mean: Math.log(0.3),
  deviation: 0.8,
  low: Math.log(0.02),
  high: Math.log(50),
}
/** Logarithm of the noise variance as a share of the signal variance. */
const noisePrior: Prior = { mean: Math.log(1e-4), deviation: 4, low: Math.log(1e-7), high: 0 }
/** Logarithm of the warp's bend. */
const bendPrior: Prior = { mean: 0, deviation: 2, low: Math.log(1e-4), high: Math.log(1e2) }

/** How many observations the belief weighs that the signal varies as much as the observed values do. */
export const belief = 50

/** Signal variance, from L⁻¹(w − mean) and the variance of w. */
export function signalVariance(whitened: Float64Array, spread: number): number {
  return (whitened.reduce((total, x) => total + x * x, 0) + belief * spread) / (whitened.length + belief)
}

/** Hyper-parameters are a vector: log length scale of each parameter, log noise, log bend. */
export function priorsOf(parameters: number): readonly Prior[] {
  return [...Array.from({ length: parameters }, () => lengthPrior), noisePrior, bendPrior]
}

/** Where hyper-parameters may lie. */
export function hyperBox(parameters: number): Box {
  const priors = priorsOf(parameters)
  return { low: Float64Array.from(priors, ({ low }) => low), high: Float64Array.from(priors, ({ high }) => high) }
}

/** The middle of the priors, with a length scale of choice. */
export function hyperStart(parameters: number, logLength: number = lengthPrior.mean): Float64Array {
  return Float64Array.from(priorsOf(parameters), (prior) => (prior === lengthPrior ? logLength : prior.mean))
}
