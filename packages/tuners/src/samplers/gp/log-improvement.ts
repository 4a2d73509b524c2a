// The logarithm of expected improvement, which still has a slope where improvement itself underflows: Ament et al. 2023.

const logRootTwoPi = 0.5 * Math.log(2 * Math.PI)
/** Below this z the continued fraction is accurate, above it the series loses at most three digits to cancellation. */
const tail = -2.5

/** Φ(z), by Marsaglia's series ½ + φ(z) Σ z^(2k+1)/(2k+1)!!, for z ≥ −2.5. */
function cumulative(z: number): number {
  if (z > 9) return 1
  let term = z
  let sum = z
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k
    sum += term
  }
  return 0.5 + sum * Math.exp(-0.5 * z * z - logRootTwoPi)
}

/**
 * log(φ(z) + z Φ(z)) and its derivative by z. In the lower tail, with t = −z, Mills' ratio Φ/φ is 1/(t + c) with the continued fraction
 * c = 1/(t + 2/(t + 3/(t + …))), so that φ + zΦ = φ c/(t + c) needs no difference of nearly equal numbers.
 */
export function logImprovement(z: number): { readonly value: number; readonly slope: number } {
  if (z >= tail) {
    const upTo = cumulative(z)
    const improvement = Math.exp(-0.5 * z * z - logRootTwoPi) + z * upTo
    return { value: Math.log(improvement), slope: upTo / improvement }
  }
  const t = -z
  let c = 0
  for (let k = Math.ceil(20 + 400 / (t * t)); k > 0; k--) c = k / (t + c)
  return { value: -0.5 * t * t - logRootTwoPi + Math.log(c / (t + c)), slope: 1 / c }
}
