// Singular values by a method that shares nothing with power iteration: Jacobi rotations (Golub & Van Loan, one-sided).

import { numbers, stridesOf, type Value } from '@gradwerk/core'

/** A weight as rows: one for each output unit, of everything that feeds it. */
export function outputRows(weight: Value, outputAxes: readonly number[]): number[][] {
  const strides = stridesOf(weight.shape)
  const rows: number[][] = []
  numbers(weight).forEach((x: number, i: number) => {
    const unit = outputAxes.reduce((at, axis) => {
      const length = weight.shape[axis] as number
      return at * length + (Math.floor(i / (strides[axis] as number)) % length)
    }, 0)
    const row = rows[unit] ?? []
    row.push(x)
    rows[unit] = row
  })
  return rows
}

/** The singular values of a matrix given as rows, largest first: rows are rotated pairwise until they are orthogonal. */
export function singularValues(matrix: readonly (readonly number[])[]): number[] {
  const rows = matrix.map((row) => Float64Array.from(row))
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((total, x, i) => total + x * (b[i] as number), 0)
  for (let sweep = 0; sweep < 60; sweep++)
    for (const [i, a] of rows.entries())
      for (const b of rows.slice(i + 1)) {
        const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)]
        if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa * bb)) continue
        const zeta = (bb - aa) / (2 * ab)
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
        const c = 1 / Math.sqrt(1 + t * t)
        for (let k = 0; k < a.length; k++) {
          const [x, y] = [a[k] as number, b[k] as number]
          a[k] = c * (x - t * y)
          b[k] = c * (t * x + y)
        }
      }
  return rows.map((row) => Math.sqrt(dot(row, row))).sort((a, b) => b - a)
}
