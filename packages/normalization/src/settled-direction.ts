// Power iteration on given numbers, in double precision: where that of a training begins.

import { numbers, type Value } from '@gradwerk/core'
import { outputUnits } from './output-units.ts'

/** The weight as rows: for each output unit everything that feeds it. */
function rowsOf(weight: Value, outputAxes: readonly number[]): Float64Array[] {
  const units = outputUnits(weight.shape, outputAxes)
  const rows = Array.from({ length: units.count }, () => new Float64Array(weight.data.length / units.count))
  const filled = new Int32Array(units.count)
  numbers(weight).forEach((w: number, i: number) => {
    const unit = units.of(i)
    const row = rows[unit] as Float64Array
    row[filled[unit] as number] = w
    filled[unit] = (filled[unit] as number) + 1
  })
  return rows
}

/** a / ‖a‖ and ‖a‖; an a of zeros stays as it is. */
function unit(a: Float64Array): { readonly direction: Float64Array; readonly norm: number } {
  const norm = Math.sqrt(a.reduce((total, x) => total + x * x, 0))
  return { direction: norm === 0 ? a : a.map((x) => x / norm), norm }
}

/**
 * The direction u [outputs] to which y = Mᵀu / ‖Mᵀu‖, u = My / ‖My‖ comes from a first one, M being the weight as a matrix [outputs, rest]: iterated until
 * ‖My‖ grows by less than a millionth, 100 times at most.
 */
export function settledDirection(weight: Value, outputAxes: readonly number[], first: Value): Float64Array {
  const rows = rowsOf(weight, outputAxes)
  let u: Float64Array = Float64Array.from(numbers(first))
  for (let i = 0, before = 0; i < 100; i++) {
    const sum = new Float64Array(rows[0]?.length ?? 0)
    for (const [r, row] of rows.entries()) {
      const factor = u[r] as number
      for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + factor * (row[k] as number)
    }
    const { direction: y } = unit(sum)
    const next = Float64Array.from(rows, (row) => {
      let product = 0
      for (let k = 0; k < y.length; k++) product += (row[k] as number) * (y[k] as number)
      return product
    })
    const { direction, norm } = unit(next)
    if (norm === 0) return u
    u = direction
    if (norm - before <= 1e-6 * norm) break
    before = norm
  }
  return u
}
