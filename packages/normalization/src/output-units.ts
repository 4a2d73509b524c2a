// Which output unit of a weight each element feeds, whatever the order of its axes.

import { type Shape, sizeOf, stridesOf } from '@gradwerk/core'

export interface OutputUnits {
  /** How many there are. */
  readonly count: number
  /** The unit of an element, by its row-major index: the index along the output axes. */
  of(i: number): number
}

export function outputUnits(shape: Shape, outputAxes: readonly number[]): OutputUnits {
  const lengths = outputAxes.map((axis) => shape[axis] as number)
  const strides = stridesOf(shape)
  const inner = stridesOf(lengths)
  return {
    count: sizeOf(lengths),
    of: (i) =>
      outputAxes.reduce((at, axis, k) => {
        const index = Math.floor(i / (strides[axis] as number)) % (shape[axis] as number)
        return at + index * (inner[k] as number)
      }, 0),
  }
}
