// The Matérn 5/2 correlation: twice differentiable, as most objectives are at best (Snoek, Larochelle & Adams 2012).

/** (1 + √5 r + 5/3 r²) e^(−√5 r) of a squared distance r². */
export function matern(squared: number): number {
  const scaled = Math.sqrt(5 * squared)
  return (1 + scaled + (5 / 3) * squared) * Math.exp(-scaled)
}

/** Its derivative by r²: −5/6 (1 + √5 r) e^(−√5 r), finite at r = 0 too. */
export function maternSlope(squared: number): number {
  const scaled = Math.sqrt(5 * squared)
  return (-5 / 6) * (1 + scaled) * Math.exp(-scaled)
}

/** Both of many squared distances, with one exponential for each. */
export function materns(squared: Float64Array): { readonly correlations: Float64Array; readonly slopes: Float64Array } {
  const correlations = new Float64Array(squared.length)
  const slopes = new Float64Array(squared.length)
  for (let k = 0; k < squared.length; k++) {
    const distance = squared[k] as number
    const scaled = Math.sqrt(5 * distance)
    const decay = Math.exp(-scaled)
    correlations[k] = (1 + scaled + (5 / 3) * distance) * decay
    slopes[k] = (-5 / 6) * (1 + scaled) * decay
  }
  return { correlations, slopes }
}
