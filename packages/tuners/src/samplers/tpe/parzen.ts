// Parzen estimators: a mixture of products, one kernel around each trial and a flat one, the prior.

import type { RandomStream } from '@gradwerk/core'
import type { Axis } from './coordinates.ts'
import { type AxisKernels, kernelsAlong } from './kernels.ts'

/** A trial in the unit cube, and how much it counts. */
export interface Observation {
  /** One coordinate for each axis; NaN where the trial has no such parameter: there its kernel is flat. */
  readonly point: readonly number[]
  readonly weight: number
}

export interface ParzenOptions {
  /** Weight of the flat kernel. */
  readonly prior: number
  /** Standard deviation of the kernels on ranges, as a fraction of the range. */
  readonly bandwidth: number
  /** How much probability a kernel spreads over all choices of a category, its own included. */
  readonly spread: (choices: number) => number
}

export interface Parzen {
  /** Draws a point; the coordinates in `given` that are not NaN are kept, and decide which kernels are likely. */
  sample(given: readonly number[], random: RandomStream): number[]
  logDensity(point: readonly number[]): number
}

export function parzen(axes: readonly Axis[], observations: readonly Observation[], options: ParzenOptions): Parzen {
  // The flat kernel is an observation without any coordinate.
  const all = [...observations, { point: axes.map(() => Number.NaN), weight: options.prior }]
  const total = all.reduce((sum, { weight }) => sum + weight, 0)
  const logWeights = Float64Array.from(all, ({ weight }) => Math.log(weight / total))
  const along = axes.map((axis, a) =>
    kernelsAlong(
      axis,
      Float64Array.from(all, ({ point }) => point[a] as number),
      axis.choices > 0 ? options.spread(axis.choices) : options.bandwidth,
    ),
  )
  const sums = new Float64Array(all.length)

  /** The logarithm of each kernel's weighted density along the axes that have a coordinate; returns the largest. */
  const evaluate = (point: readonly number[]): number => {
    sums.set(logWeights)
    for (let a = 0; a < along.length; a++) {
      const coordinate = point[a] as number
      if (Number.isNaN(coordinate)) continue
      const factors = (along[a] as AxisKernels).logDensities(coordinate)
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (factors[i] as number)
    }
    let largest = Number.NEGATIVE_INFINITY
    for (const sum of sums) if (sum > largest) largest = sum
    return largest
  }

  return {
    sample(given, random) {
      const largest = evaluate(given)
      const shares = sums.map((sum) => Math.exp(sum - largest))
      let left = random.uniform() * shares.reduce((a, b) => a + b, 0)
      let kernel = 0
      while (kernel < shares.length - 1) {
        left -= shares[kernel] as number
        if (left < 0) break
        kernel++
      }
      return along.map(({ draw }, a) => (Number.isNaN(given[a]) ? draw(kernel, random) : (given[a] as number)))
    },
    logDensity(point) {
      const largest = evaluate(point)
      let density = 0
      for (const sum of sums) density += Math.exp(sum - largest)
      return largest + Math.log(density)
    },
  }
}
