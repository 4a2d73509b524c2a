// Weight normalization: Salimans & Kingma 2016.

import {
  div,
  mul,
  numbers,
  type Parametrization,
  PluginError,
  parseOptions,
  reshape,
  type Shape,
  sqrt,
  square,
  sum,
  type Value,
} from '@gradwerk/core'
import { z } from 'zod'
import { everywhere } from './default-initializer.ts'
import { outputUnits } from './output-units.ts'

const schema = z.strictObject({})

/** The Euclidean norm of what feeds each output unit: all elements of one index along the output axes. */
function normsOf({ shape, data }: Pick<Value, 'shape' | 'data'>, outputAxes: readonly number[]): Float64Array {
  const units = outputUnits(shape, outputAxes)
  const squares = new Float64Array(units.count)
  for (let i = 0; i < data.length; i++) {
    const unit = units.of(i)
    squares[unit] = (squares[unit] as number) + Number(data[i]) ** 2
  }
  return squares.map(Math.sqrt)
}

/** The lengths that go with a draw. An output whose weights are all 0 has no direction, and would stay at 0 for ever. */
function firstLengths(name: string, draw: Value, outputAxes: readonly number[]): Float64Array {
  const norms = normsOf({ ...draw, data: numbers(draw) }, outputAxes)
  if (norms.every((norm) => norm > 0)) return norms
  throw new PluginError({
    who: 'weightNorm',
    problem: `the first numbers of '${name}' are 0 for a whole output, which then has no direction`,
    hint: 'an initializer that is not zeros',
  })
}

/**
 * Weight normalization: w = g · v / ‖v‖, where the norm is taken over everything that feeds one output unit: its direction v and its length
 * g are trained apart.
 *
 * Parameters: `<name>.direction` v, of the shape of w, and `<name>.length` g, of the lengths of w along its output axes: [units] for a dense
 * kernel [in, units], [filters] for a convolution. (Filters of a transposed one with groups share a length where they have the same
 * place in their groups.) At first v is what the initializer draws for w and g = ‖v‖, so that w starts as it would without. Length and
 * direction have the roles scale and kernel.
 *
 * ‖w‖ = |g| for every unit, and the gradient of v is orthogonal to v. Regularizers of the weight see w, on whose norm only g acts.
 *
 * Salimans & Kingma 2016, equation 2, without the data-dependent first step of section 3 (an initializer such as LSUV calibrates through it).
 *
 * @throws OptionError for an option, as there is none; PluginError, when initialized, for an output whose weights are all 0
 * @example
 * ```ts
 * sequential([dense(256, { parametrization: weightNorm() }), relu(), dense(10)])
 * ```
 */
export function weightNorm(given: Record<string, never> = {}): Parametrization {
  const options = parseOptions('weightNorm', schema, given)
  return {
    kind: 'parametrization',
    name: 'weightNorm',
    options,
    apply(name, spec, context) {
      const { shape, outputAxes } = spec
      const along: Shape = outputAxes.map((axis) => shape[axis] as number)
      const direction = context.parameter(`${name}.direction`, { ...spec, fromDraw: (draw) => numbers(draw) })
      const length = context.parameter(`${name}.length`, {
        shape: along,
        role: 'scale',
        initializer: everywhere(1),
        outputAxes: along.map((_, axis) => axis),
        inputAxes: [],
        fromDraw: (draw) => firstLengths(name, draw, outputAxes),
      })
      const axes = shape.flatMap((_, axis) => (outputAxes.includes(axis) ? [] : [axis]))
      const norm = sqrt(sum(square(direction), { axes, keepDims: true }))
      return mul(direction, div(reshape(length, norm.shape), norm))
    },
  }
}
