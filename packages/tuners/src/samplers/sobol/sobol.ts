// Sobol's sequence with Owen's scrambling: points that fill the unit cube more evenly than random ones.

import { threefry2x32 } from '@gradwerk/core'
import { joeKuo } from './joe-kuo.ts'

/** Axes that have directions of their own. */
export const sobolDimensions: number = joeKuo.length + 1

const bits = 32

/** v₁, v₂, …, v₃₂ of a dimension: the recurrence of its polynomial, m shifted to the top of 32 bits (Joe & Kuo 2008, equation 2). */
function directions(dimension: number): Uint32Array {
  const [polynomial = 1, ...initial] = dimension === 0 ? [] : (joeKuo[dimension - 1] ?? [])
  const degree = initial.length
  const v = new Uint32Array(bits)
  for (let k = 0; k < bits; k++) {
    if (degree === 0) v[k] = 1 << (bits - 1 - k)
    else if (k < degree) v[k] = (initial[k] as number) << (bits - 1 - k)
    else {
      let next = (v[k - degree] as number) ^ ((v[k - degree] as number) >>> degree)
      for (let j = 1; j < degree; j++) if ((polynomial >>> (degree - j)) & 1) next ^= v[k - j] as number
      v[k] = next
    }
  }
  return v
}

const known = new Map<number, Uint32Array>()

/** Coordinate `dimension` (from 0) of point `index` (from 0), as 32 bits behind the point. */
export function sobol(index: number, dimension: number): number {
  const v = known.get(dimension) ?? directions(dimension)
  known.set(dimension, v)
  let x = 0
  for (let k = 0; index >>> k > 0; k++) if ((index >>> k) & 1) x ^= v[k] as number
  return x >>> 0
}

/**
 * Nested uniform scrambling: each bit is flipped or not by a coin that belongs to the bits before it. Every point becomes uniform, and
 * the evenness of the set stays.
 *
 * Owen 1995, "Randomly permuted (t, m, s)-nets and (t, s)-sequences".
 */
export function owenScramble(x: number, key: readonly [number, number]): number {
  let flips = 0
  for (let bit = 0; bit < bits; bit++) {
    const before = bit === 0 ? 0 : x >>> (bits - bit)
    const [coin] = threefry2x32(key, [before, bit])
    flips |= (coin & 1) << (bits - 1 - bit)
  }
  return (x ^ flips) >>> 0
}
