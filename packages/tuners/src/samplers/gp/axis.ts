// A parameter as the model sees it: one number for each value, and coordinates for that number.

import type { Distribution } from '@gradwerk/core'
import { toInternal } from '../../space/distribution.ts'
import { onGrid, stepsBetween } from '../../space/grid.ts'
import { fromUnit, toUnit } from '../../space/unit.ts'

/**
 * One parameter. A *place* on it is the position in the unit interval, or the index of a choice; NaN is a trial that does not have the
 * parameter.
 */
export interface Axis {
  readonly name: string
  readonly distribution: Distribution
  /** All places there are, unless there are too many to tell from a continuum. */
  readonly places: Float64Array | undefined
}

/** Ranges with more values than this are searched as if they were continuous. */
const countable = 1000

function placesOf(distribution: Distribution): Float64Array | undefined {
  if (distribution.type === 'categorical') return Float64Array.from(distribution.choices, (_, index) => index)
  const { type, low, high, step = type === 'int' ? 1 : undefined } = distribution
  if (low === high) return Float64Array.of(toUnit(distribution, low))
  if (step === undefined) return undefined
  const count = stepsBetween(low, high, step) + 1
  if (count > countable) return undefined
  return Float64Array.from({ length: count }, (_, index) => toUnit(distribution, onGrid(low, step, index)))
}

export function axisOf(name: string, distribution: Distribution): Axis {
  return { name, distribution, places: placesOf(distribution) }
}

export function isChoice({ distribution }: Axis): boolean {
  return distribution.type === 'categorical'
}

/** Where a value lies; NaN for none, and for one that the domain cannot place. */
export function placeOf({ distribution }: Axis, value: unknown): number {
  if (distribution.type === 'categorical') return toInternal(distribution, value) ?? Number.NaN
  return typeof value === 'number' ? toUnit(distribution, value) : Number.NaN
}

export function valueAt({ distribution }: Axis, place: number): unknown {
  return distribution.type === 'categorical' ? distribution.choices[place] : fromUnit(distribution, place)
}

/** The place that a number of the unit interval stands for. */
export function placeFromUnit({ places }: Axis, unit: number): number {
  if (places === undefined) return unit
  return places[Math.min(places.length - 1, Math.floor(unit * places.length))] as number
}
