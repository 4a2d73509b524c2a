// Filling a new array element by element.

import { type Shape, sizeOf } from '@gradwerk/core'

/** Row-major numbers of a shape, each from a call of `next`. */
export function draw(shape: Shape, next: () => number): Float32Array {
  const numbers = new Float32Array(sizeOf(shape, 'initializer'))
  for (let i = 0; i < numbers.length; i++) numbers[i] = next()
  return numbers
}
