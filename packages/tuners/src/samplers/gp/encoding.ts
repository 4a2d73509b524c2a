// Points of a mixed and conditional space as coordinates, so that one Euclidean kernel serves them all.

import { type Axis, isChoice } from './axis.ts'

export interface Encoding {
  readonly axes: readonly Axis[]
  /** For each column, the index of its axis. */
  readonly owners: readonly number[]
  /** The first column of each axis. */
  readonly first: readonly number[]
  /** Coordinates of places, [columns]. */
  encode(places: Float64Array): Float64Array
}

/** How far having a parameter is from not having it, in units of its range. */
const absence = 0.5

/**
 * A range is its place in the unit interval, and choices are corners of a simplex with edges of length 1, so that the kernel counts which
 * parameters differ. Where some trials do without a parameter it gets a column more: they stand in the middle of the range and half a
 * range beside it, whatever the others chose (in the manner of Hutter & Osborne 2013, "A kernel for hierarchical parameter spaces").
 */
export function encodingOf(axes: readonly Axis[], conditional: readonly boolean[]): Encoding {
  const owners: number[] = []
  const first = axes.map((axis, a) => {
    const start = owners.length
    const columns = (isChoice(axis) ? (axis.places?.length ?? 0) : 1) + (conditional[a] === true ? 1 : 0)
    for (let c = 0; c < columns; c++) owners.push(a)
    return start
  })
  return {
    axes,
    owners,
    first,
    encode(places) {
      const coordinates = new Float64Array(owners.length)
      axes.forEach((axis, a) => {
        const place = places[a] as number
        const column = first[a] as number
        const absent = Number.isNaN(place)
        if (!isChoice(axis)) coordinates[column] = absent ? 0.5 : place
        else if (!absent) coordinates[column + place] = Math.SQRT1_2
        if (absent && conditional[a] === true)
          coordinates[column + (isChoice(axis) ? (axis.places?.length ?? 0) : 1)] = absence
      })
      return coordinates
    },
  }
}
