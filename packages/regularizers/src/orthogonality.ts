// Orthogonality penalty: keeps the units of a weight at right angles to each other and at length 1.

import {
  constant,
  matmul,
  mul,
  parseOptions,
  type Regularizer,
  sub,
  type Tensor,
  valueOf,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type Strength, strengthSchema } from './strength.ts'
import { halfSumOfSquares } from './sums.ts'
import { outputRows } from './units.ts'

export interface OrthogonalityOptions {
  /** λ ≥ 0; a number or a schedule. */
  readonly strength: Strength
}

const schema = z.strictObject({
  strength: strengthSchema('Factor λ of ‖W Wᵀ − I‖²; a number ≥ 0 or a schedule.'),
})

function identity(size: number): Tensor {
  const ones = new Float32Array(size * size)
  for (let i = 0; i < size; i++) ones[i * (size + 1)] = 1
  return constant(valueOf('float32', [size, size], ones))
}

/**
 * Orthogonality penalty: `λ · ‖W Wᵀ − I‖²` (squared Frobenius norm) for the weight as a matrix W [outputs, rest], one row for each unit or filter. It is 0
 * where the rows are orthonormal. Where there are more outputs than elements in a row, which cannot be, it is `λ · ‖Wᵀ W − I‖²`, 0 for
 * orthonormal columns. The two differ by the constant λ · (rows − columns), and so have one gradient, 4 λ (W Wᵀ − I) W.
 *
 * Shapes: a parameter of two axes or more; the penalty is a scalar. A dense kernel [in, out] is Wᵀ; a convolution kernel [out, in / groups, h, w] is flattened;
 * of a grouped one each group is a matrix of its own.
 *
 * Throws an OptionError for a negative strength.
 *
 * ```ts
 * conv2d(32, { regularizer: orthogonality(1e-4) })
 * ```
 *
 * Brock, Lim, Ritchie & Weston, "Neural photo editing with introspective adversarial networks", 2017, with squares as in Bansal, Chen & Wang, "Can we
 * gain more from orthogonality regularizations in training deep networks?", 2018.
 */
export function orthogonality(given: Strength | OrthogonalityOptions): Regularizer {
  const options = parseOptions('orthogonality', schema, withMainOption('strength', given))
  return {
    kind: 'regularizer',
    name: 'orthogonality',
    options,
    penalty(parameter, scope, info) {
      const rows = outputRows(parameter, info) // [groups, outputs, elements]
      const [, outputs, elements] = rows.shape as [number, number, number]
      const tall = outputs > elements
      const products = matmul(rows, rows, { transposeA: tall, transposeB: !tall })
      const off = sub(products, identity(Math.min(outputs, elements)))
      return mul(halfSumOfSquares(off), mul(scope.hyperparameter('strength', options.strength), 2))
    },
  }
}
