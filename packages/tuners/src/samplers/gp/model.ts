// A Gaussian process of a study: its trials as coordinates, its hyper-parameters fitted, its posterior.

import type { TrialRecord } from '@gradwerk/core'
import { type Axis, placeOf } from './axis.ts'
import { type Condition, conditionsOf } from './condition.ts'
import { type Encoding, encodingOf } from './encoding.ts'
import { distancesOf, fitHyper } from './fit.ts'
import type { Outcomes } from './outcomes.ts'
import { type Posterior, posteriorOf } from './posterior.ts'
import { heightsOf } from './warp.ts'

export interface Model {
  readonly encoding: Encoding
  readonly posterior: Posterior
  readonly conditions: readonly (Condition | undefined)[]
  /** Places of the best trials, the best first. */
  readonly best: readonly Float64Array[]
}

/** Cost grows with the cube of the trials: hyper-parameters are fitted to at most so many, the posterior to at most `mostKnown`. */
const mostFitted = 150
const mostKnown = 500

/** Places of a trial on all axes. */
export function placesOf(axes: readonly Axis[], { parameters }: TrialRecord): Float64Array {
  return Float64Array.from(axes, (axis) => placeOf(axis, parameters[axis.name]))
}

/** Of items from the best to the worst: the better half of `most`, and others evenly from the rest. */
function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items
  const kept = most >> 1
  const stride = (items.length - kept) / (most - kept)
  return items.filter((_, i) => i < kept || Math.floor((i - kept) / stride) > Math.floor((i - kept - 1) / stride))
}

export function modelOf(axes: readonly Axis[], { observed, pending }: Outcomes): Model {
  const all = observed.map(({ trial, value }) => ({ places: placesOf(axes, trial), value }))
  const ranked = all.toSorted((a, b) => a.value - b.value)
  const heights = heightsOf(ranked.map(({ value }) => value))
  const conditions = conditionsOf(
    axes,
    all.map(({ places }) => places),
  )
  const encoding = encodingOf(
    axes,
    conditions.map((condition) => condition !== undefined),
  )
  const points = ranked.map(({ places }, i) => ({ row: encoding.encode(places), height: heights[i] as number }))
  const rowsOf = (some: typeof points): Float64Array[] => some.map(({ row }) => row)
  const heightsIn = (some: typeof points): Float64Array => Float64Array.from(some, ({ height }) => height)

  const fitted = [...thinned(points, mostFitted)]
  const distances = distancesOf(rowsOf(fitted), encoding.owners, axes.length)
  const hyper = fitHyper({ distances, heights: heightsIn(fitted) })

  const known = [...thinned(points, mostKnown)]
  const rows = [...rowsOf(known), ...pending.map((trial) => encoding.encode(placesOf(axes, trial)))]
  const flat = new Float64Array(rows.length * encoding.owners.length)
  rows.forEach((row, i) => {
    flat.set(row, i * encoding.owners.length)
  })
  const posterior = posteriorOf({ rows: flat, owners: encoding.owners, heights: heightsIn(known) }, hyper)
  return { encoding, posterior, conditions, best: ranked.map(({ places }) => places) }
}
