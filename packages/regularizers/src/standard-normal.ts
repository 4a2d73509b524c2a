// Normal numbers in a program, by Box & Muller 1958.

import {
  add,
  concat,
  cos,
  log,
  mul,
  neg,
  randomUniform,
  reshape,
  type Shape,
  sin,
  sizeOf,
  slice,
  sqrt,
  type Tensor,
} from '@gradwerk/core'

/** Independent normal numbers with mean 0 and variance 1; none is beyond 5.77, where 24 bits end. */
export function standardNormal(key: Tensor, shape: Shape): Tensor {
  const size = sizeOf(shape, 'standardNormal')
  const half = Math.ceil(size / 2)
  const uniform = randomUniform(key, [2 * half])
  const part = (i: number) => slice(uniform, [{ axis: 0, start: i * half, end: (i + 1) * half }])
  // In (0, 1], where the logarithm is finite.
  const radius = sqrt(mul(log(add(neg(part(0)), 1)), -2))
  const angle = mul(part(1), 2 * Math.PI)
  const pairs = concat([mul(radius, cos(angle)), mul(radius, sin(angle))], 0)
  return reshape(size === 2 * half ? pairs : slice(pairs, [{ axis: 0, start: 0, end: size }]), shape)
}
