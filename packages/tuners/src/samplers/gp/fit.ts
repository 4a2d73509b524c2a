// Hyper-parameters with the highest posterior density, from a few starts.

import { negativeEvidence, type Observed } from './evidence.ts'
import { minimize } from './minimize.ts'
import { hyperBox, hyperStart } from './priors.ts'

/** Squared distances of all pairs of rows, by axis. */
export function distancesOf(rows: readonly Float64Array[], owners: readonly number[], axes: number): Float64Array[] {
  const pairs = (rows.length * (rows.length - 1)) / 2
  const distances = Array.from({ length: axes }, () => new Float64Array(pairs))
  let k = 0
  rows.forEach((a, i) => {
    for (let j = 0; j < i; j++, k++) {
      const b = rows[j] as Float64Array
      owners.forEach((owner, c) => {
        const distance = distances[owner] as Float64Array
        distance[k] = (distance[k] as number) + ((a[c] as number) - (b[c] as number)) ** 2
      })
    }
  })
  return distances
}

/** Fits them: short climbs from short and long length scales, then the better one until what is left to gain is a small part of a nat. */
export function fitHyper(observed: Observed): Float64Array {
  const axes = observed.distances.length
  const box = hyperBox(axes)
  const f = (x: Float64Array, gradient: Float64Array): number => negativeEvidence(observed, x, gradient)
  const brief = [0.25, 1].map((length) =>
    minimize(f, hyperStart(axes, Math.log(length)), box, { steps: 5, tolerance: 1e-2 }),
  )
  const better = brief.reduce((a, b) => (b.value < a.value ? b : a))
  return minimize(f, better.x, box, { steps: 20, tolerance: 0.3 }).x
}
