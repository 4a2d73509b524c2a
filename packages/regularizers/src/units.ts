// The units of a weight: what feeds one output, or what one input feeds. Group penalties and norm constraints act on whole units.

import {
  maximum,
  type ParameterInfo,
  reshape,
  type Shape,
  sizeOf,
  sqrt,
  square,
  sum,
  type Tensor,
  transpose,
} from '@gradwerk/core'

/** Which elements of a weight belong together: those that feed one output unit (filter), or those that one input (channel) feeds. */
export type UnitSide = 'outputs' | 'inputs'

/** A weight in a form in which its units lie along axes of their own. */
export interface Units {
  /** The weight; of a grouped kernel axis 0 may be cut into [groups, …]. */
  readonly weight: Tensor
  /** The axes along which units are counted. */
  readonly unitAxes: readonly number[]
  /** The axes within a unit. */
  readonly innerAxes: readonly number[]
  /** Elements of a unit. */
  readonly size: number
  /** A tensor of the weight's form in the parameter's own. */
  restore(weight: Tensor): Tensor
}

/**
 * The units of a parameter.
 *
 * | kernel | unit of an output | unit of an input |
 * | --- | --- | --- |
 * | dense [in, out] | a column | a row |
 * | convolution [out, in / groups, h, w] | a filter: w[o] | what reads one channel: w[:, c], within its group |
 * | transposed [in, out / groups, h, w] | what writes one channel: w[:, o], within its group | w[c] |
 *
 * A parameter without axes of that side (a bias has no inputs) is one unit.
 */
export function unitsOf(parameter: Tensor, info: ParameterInfo, side: UnitSide = 'outputs'): Units {
  const { shape } = parameter
  const { groups = 1 } = info
  const own = side === 'outputs' ? info.outputAxes : info.inputAxes
  // Axis 0 of a grouped kernel runs over all groups; on the other side only the units of one group share an index.
  const split = groups > 1 && !own.includes(0)
  const form: Shape = split ? [groups, (shape[0] as number) / groups, ...shape.slice(1)] : shape
  const unitAxes = split ? [0, ...own.map((axis) => axis + 1)] : own
  const innerAxes = form.flatMap((_, axis) => (unitAxes.includes(axis) ? [] : [axis]))
  return {
    weight: split ? reshape(parameter, form) : parameter,
    unitAxes,
    innerAxes,
    size: sizeOf(innerAxes.map((axis) => form[axis] as number)),
    restore: (weight) => (split ? reshape(weight, shape) : weight),
  }
}

/** Norms below this count as this: divisions by a norm are finite, and its gradient at 0 is 0. */
const smallest = 1e-15

/** The Euclidean norm of every unit, with axes of length 1 within units. */
export function unitNorms({ weight, innerAxes }: Pick<Units, 'weight' | 'innerAxes'>): Tensor {
  return sqrt(maximum(sum(square(weight), { axes: innerAxes, keepDims: true }), smallest ** 2))
}

/** The output units of a parameter as rows: [groups, outputs of a group, elements of an output]. */
export function outputRows(parameter: Tensor, info: ParameterInfo): Tensor {
  const { groups = 1 } = info
  const { weight, unitAxes, innerAxes, size } = unitsOf(parameter, info)
  const outputs = sizeOf(unitAxes.map((axis) => weight.shape[axis] as number)) / groups
  // Units along the first axes lie in rows already.
  const rows = unitAxes.every((axis, i) => axis === i) ? weight : transpose(weight, [...unitAxes, ...innerAxes])
  return reshape(rows, [groups, outputs, size])
}
