// Which point to try: where the logarithm of the expected improvement is highest.

import { logImprovement } from './log-improvement.ts'
import type { Posterior } from './posterior.ts'

/** What is maximised, over coordinates. */
export interface Acquisition {
  value(coordinates: Float64Array): number
  /** The value, and its gradient by coordinates. */
  climb(coordinates: Float64Array, gradient: Float64Array): number
}

/** log E max(0, best − margin − f(x)) = log s + log(φ(z) + z Φ(z)) with z = (best − margin − m) / s. */
export function logExpectedImprovement(posterior: Posterior, margin = 0): Acquisition {
  const goal = posterior.best - margin
  return {
    value(coordinates) {
      const { mean, deviation } = posterior.at(coordinates)
      return Math.log(deviation) + logImprovement((goal - mean) / deviation).value
    },
    climb(coordinates, gradient) {
      const { mean, deviation } = posterior.at(coordinates)
      const z = (goal - mean) / deviation
      const { value, slope } = logImprovement(z)
      posterior.slope(-slope / deviation, (1 - slope * z) / deviation, gradient)
      return Math.log(deviation) + value
    },
  }
}
