// Random affine maps of image coordinates: one row of six numbers for each sample.

import {
  add,
  concat,
  constant,
  cos,
  div,
  type Hyperparameter,
  mul,
  neg,
  type Scope,
  sin,
  sub,
  type Tensor,
  valueOf,
} from '@gradwerk/core'
import { symmetric } from './draws.ts'

/** The largest change in each direction. */
export interface AffineRanges {
  /** degrees */
  readonly rotation: Hyperparameter
  /** pixels */
  readonly shift: Hyperparameter
  /** share of the size */
  readonly scale: Hyperparameter
  /** degrees */
  readonly shear: Hyperparameter
}

/** How many uniform numbers a map takes. */
export const affineDraws = 5

/**
 * Where the pixels of the augmented images come from: q = M⁻¹ (p − t) with M = R(θ) · K(φ) · s, as rows (a, b, c, d, e, f) of q = (a·u + b·v + c,
 * d·u + e·v + f) for p = (u, v), u to the right and v downwards from the centre.
 */
export function affineMap(uniform: readonly Tensor[], ranges: AffineRanges, scope: Scope): Tensor {
  const drawn = (i: number, name: keyof AffineRanges) =>
    mul(symmetric(uniform[i] as Tensor), scope.hyperparameter(name, ranges[name])) // [batch, 1]
  const radians = (degrees: Tensor) => mul(degrees, Math.PI / 180)
  const theta = radians(drawn(0, 'rotation'))
  const phi = radians(drawn(1, 'shear'))
  const shrink = div(1, add(drawn(2, 'scale'), 1))
  const [right, down] = [drawn(3, 'shift'), drawn(4, 'shift')]
  const [cosine, sine, slope] = [cos(theta), sin(theta), div(sin(phi), cos(phi))]
  const a = mul(shrink, sub(cosine, mul(slope, sine)))
  const b = mul(shrink, neg(add(sine, mul(slope, cosine))))
  const d = mul(shrink, sine)
  const e = mul(shrink, cosine)
  const offset = (x: Tensor, y: Tensor) => neg(add(mul(x, right), mul(y, down)))
  return concat([a, b, offset(a, b), d, e, offset(d, e)], 1) // [batch, 6]
}

/**
 * The matrix [6, height · width · 2] that turns such rows into the places of every pixel, in the coordinates of `gridSample`: pairs of
 * 2/width times the column and 2/height times the row from the centre.
 */
export function affineBasis(height: number, width: number): Tensor {
  const points = height * width
  const basis = new Float64Array(6 * points * 2)
  for (let point = 0; point < points; point++) {
    const u = (point % width) - (width - 1) / 2
    const v = Math.floor(point / width) - (height - 1) / 2
    for (const [k, coordinate] of [u, v, 1].entries()) {
      basis[k * points * 2 + point * 2] = (2 / width) * coordinate
      basis[(k + 3) * points * 2 + point * 2 + 1] = (2 / height) * coordinate
    }
  }
  return constant(valueOf('float32', [6, points * 2], basis))
}
