// The mean prediction of a tree as a function of one or two coordinates, and its variance: functional ANOVA of Hutter, Hoos & Leyton-Brown 2014.

import type { Interval, Leaf } from './forest.ts'

/** Piecewise constant: `values[i · columns + j]` between `rows[i]` and `rows[i + 1]`, and `columns[j]` and `columns[j + 1]`. */
export interface Marginal {
  readonly rows: Float64Array
  readonly columns: Float64Array
  readonly values: Float64Array
}

const everywhere: readonly Interval[] = [[0, 1]]

const width = (side: readonly Interval[]): number => side.reduce((total, [low, high]) => total + high - low, 0)

/** The part of the cube that a leaf takes, counted along all axes but some. */
function volumeOf({ sides }: Leaf, ...but: readonly (number | undefined)[]): number {
  return sides.reduce((product, side, axis) => (but.includes(axis) ? product : product * width(side)), 1)
}

/** Where leaves begin and end along an axis, in ascending order. */
function edgesOf(sides: readonly (readonly Interval[])[]): Float64Array {
  return Float64Array.from(new Set(sides.flat(2))).sort()
}

/** The mean of the prediction over all coordinates but those of one or two axes. */
export function marginal(leaves: readonly Leaf[], row: number, column?: number): Marginal {
  const sidesAlong = (axis: number | undefined) =>
    leaves.map(({ sides }) => (axis === undefined ? everywhere : (sides[axis] as readonly Interval[])))
  const [rowSides, columnSides] = [sidesAlong(row), sidesAlong(column)]
  const [rows, columns] = [edgesOf(rowSides), edgesOf(columnSides)]
  const [rowAt, columnAt] = [rows, columns].map((edges) => new Map([...edges].map((edge, i) => [edge, i]))) as [
    Map<number, number>,
    Map<number, number>,
  ]
  // What each leaf adds is written at its four corners; sums along both axes spread it over its cells.
  const [height, across] = [rows.length, columns.length]
  const corners = new Float64Array(height * across)
  const add = (x: number, y: number, amount: number) => {
    const at = (rowAt.get(x) as number) * across + (columnAt.get(y) as number)
    corners[at] = (corners[at] as number) + amount
  }
  for (const [i, leaf] of leaves.entries()) {
    const amount = leaf.value * volumeOf(leaf, row, column)
    for (const [left, right] of rowSides[i] as readonly Interval[])
      for (const [low, high] of columnSides[i] as readonly Interval[]) {
        add(left, low, amount)
        add(right, low, -amount)
        add(left, high, -amount)
        add(right, high, amount)
      }
  }
  for (let i = 0; i < corners.length; i++)
    if (i % across > 0) corners[i] = (corners[i] as number) + (corners[i - 1] as number)
  for (let i = across; i < corners.length; i++) corners[i] = (corners[i] as number) + (corners[i - across] as number)
  const values = new Float64Array((height - 1) * (across - 1))
  for (let i = 0; i < height - 1; i++) values.set(corners.subarray(i * across, (i + 1) * across - 1), i * (across - 1))
  return { rows, columns, values }
}

/** The value at a place, the cells counted as [edge, next edge). */
export function valueAt({ rows, columns, values }: Marginal, row: number, column = 0): number {
  const cell = (edges: Float64Array, place: number): number => {
    let [low, high] = [0, edges.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((edges[middle] as number) <= place) low = middle
      else high = middle
    }
    return low
  }
  return values[cell(rows, row) * (columns.length - 1) + cell(columns, column)] as number
}

/** The variance of a marginal at places uniform in the cube. */
export function varianceOf({ rows, columns, values }: Marginal): number {
  let [mean, square] = [0, 0]
  for (let i = 0, at = 0; i < rows.length - 1; i++)
    for (let j = 0; j < columns.length - 1; j++, at++) {
      const area =
        ((rows[i + 1] as number) - (rows[i] as number)) * ((columns[j + 1] as number) - (columns[j] as number))
      const value = values[at] as number
      mean += area * value
      square += area * value * value
    }
  return Math.max(0, square - mean * mean)
}

/** The variance of a tree's prediction at points uniform in the cube. */
export function totalVariance(leaves: readonly Leaf[]): number {
  const mean = leaves.reduce((total, leaf) => total + leaf.value * volumeOf(leaf), 0)
  return leaves.reduce((total, leaf) => total + (leaf.value - mean) ** 2 * volumeOf(leaf), 0)
}
