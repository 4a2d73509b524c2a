// The best point of an acquisition function in a mixed space: the best candidates, each climbed from by gradient and by neighbouring values.

import type { Acquisition } from './acquisition.ts'
import { type Axis, isChoice } from './axis.ts'
import type { Encoding } from './encoding.ts'
import { minimize } from './minimize.ts'

export interface Landscape {
  readonly encoding: Encoding
  readonly acquisition: Acquisition
  /** Axes whose place may be chosen. */
  readonly free: readonly boolean[]
  /** The same places without parameters whose condition does not hold. */
  settle(places: Float64Array): Float64Array
}

export interface Peak {
  readonly places: Float64Array
  readonly value: number
}

/** How many candidates are climbed from. */
const climbs = 5

function peakAt({ encoding, acquisition, settle }: Landscape, places: Float64Array): Peak {
  return { places, value: acquisition.value(encoding.encode(settle(places))) }
}

/** Along the gradient, over the axes that are continuous. */
function climb(landscape: Landscape, from: Peak): Peak {
  const { encoding, acquisition, free, settle } = landscape
  const { axes, first } = encoding
  const settled = settle(from.places)
  const smooth = axes.flatMap(({ places }, a) =>
    places === undefined && free[a] === true && !Number.isNaN(settled[a]) ? [a] : [],
  )
  if (smooth.length === 0) return from
  const coordinates = encoding.encode(settled)
  const slope = new Float64Array(coordinates.length)
  const found = minimize(
    (x, gradient) => {
      smooth.forEach((a, i) => {
        coordinates[first[a] as number] = x[i] as number
      })
      const value = acquisition.climb(coordinates, slope)
      smooth.forEach((a, i) => {
        gradient[i] = -(slope[first[a] as number] as number)
      })
      return -value
    },
    Float64Array.from(smooth, (a) => settled[a] as number),
    { low: new Float64Array(smooth.length), high: new Float64Array(smooth.length).fill(1) },
    { steps: 30, tolerance: 1e-3 },
  )
  if (!(-found.value > from.value)) return from
  const places = from.places.slice()
  smooth.forEach((a, i) => {
    places[a] = found.x[i] as number
  })
  return { places, value: -found.value }
}

/** Other choices of a category; of a range with steps those 1, 2, 4, … steps away. */
function neighbours(axis: Axis, place: number): number[] {
  const { places } = axis
  if (places === undefined) return []
  const at = places.indexOf(place)
  if (isChoice(axis)) return [...places].filter((other) => other !== place)
  const reached: number[] = []
  for (let apart = 1; apart < places.length; apart *= 2)
    for (const index of [at - apart, at + apart])
      if (index >= 0 && index < places.length) reached.push(places[index] as number)
  return reached
}

/** The best change of one discrete axis after another. */
function hop(landscape: Landscape, from: Peak): Peak {
  const { encoding, free } = landscape
  let best = from
  encoding.axes.forEach((axis, a) => {
    if (free[a] !== true || Number.isNaN(landscape.settle(best.places)[a])) return
    for (const place of neighbours(axis, best.places[a] as number)) {
      const places = best.places.slice()
      places[a] = place
      const there = peakAt(landscape, places)
      if (there.value > best.value) best = there
    }
  })
  return best
}

/** The highest candidates, none in the neighbourhood of a higher one. */
function starts(peaks: Peak[], { encoding, settle }: Landscape): Peak[] {
  peaks.sort((a, b) => b.value - a.value)
  const chosen: { peak: Peak; coordinates: Float64Array }[] = []
  for (const peak of peaks) {
    if (chosen.length === climbs) break
    const coordinates = encoding.encode(settle(peak.places))
    const near = chosen.some(({ coordinates: other }) =>
      coordinates.every((x, c) => Math.abs(x - (other[c] as number)) < 0.1),
    )
    if (!near) chosen.push({ peak, coordinates })
  }
  return chosen.map(({ peak }) => peak)
}

/** The highest place found from candidates. */
export function maximize(landscape: Landscape, candidates: readonly Float64Array[]): Peak {
  const peaks = candidates.map((places) => peakAt(landscape, places))
  const reached = starts(peaks, landscape).map((start) => {
    let peak = climb(landscape, start)
    for (let round = 0; round < 4; round++) {
      const next = hop(landscape, peak)
      if (next === peak) break
      peak = climb(landscape, next)
    }
    return peak
  })
  return reached.reduce((a, b) => (b.value > a.value ? b : a))
}
