// Random numbers of each sample. They follow from the key of the step and the sample's position in the batch alone: neither the size
// of the batch nor how steps are grouped into calls changes them.

import {
  add,
  bitwiseAnd,
  cast,
  concat,
  cos,
  floor,
  log,
  mul,
  randomBits,
  randomUniform,
  reshape,
  scalar,
  shiftRight,
  sin,
  slice,
  sqrt,
  sub,
  type Tensor,
  transpose,
} from '@gradwerk/core'

/** The batch size of samples. */
export function batchOf(inputs: Tensor): number {
  return inputs.shape[0] as number
}

/**
 * `count` independent numbers for each sample, uniform in [0, 1): columns [batch, 1]. A block of the generator gives two words, in the two
 * halves of what it draws; with both along the first axis the blocks of a sample are numbered by its position.
 */
export function perSample(key: Tensor, batch: number, count: number): Tensor[] {
  const pairs = Math.ceil(count / 2)
  const rows = reshape(transpose(randomUniform(key, [2, batch, pairs]), [1, 2, 0]), [batch, 2 * pairs])
  return Array.from({ length: count }, (_, i) => slice(rows, [{ axis: 1, start: i, end: i + 1 }]))
}

/** A number uniform in [0, 1) as one uniform in [−1, 1). */
export function symmetric(uniform: Tensor): Tensor {
  return sub(mul(uniform, 2), 1)
}

/** A number uniform in [0, 1) as a whole number from 0 to below `count`. With its 24 bits no product rounds up to the count. */
export function whole(uniform: Tensor, count: Tensor | number): Tensor {
  return floor(mul(uniform, count))
}

/**
 * Normal numbers [batch, size] with mean 0 and variance 1 (Box & Muller 1958). The two halves of a word give the radius and the angle, and
 * these two normal numbers: 16 bits each, so that none is beyond 4.86.
 */
export function perElementNormal(key: Tensor, batch: number, size: number): Tensor {
  const quarter = Math.ceil(size / 4)
  const words = randomBits(key, [2, batch, quarter])
  const fraction = (bits: Tensor, offset: number) => mul(add(cast(bits, 'float32'), offset), 2 ** -16)
  const radius = sqrt(mul(log(fraction(shiftRight(words, scalar(16, 'uint32')), 0.5)), -2))
  const angle = mul(fraction(bitwiseAnd(words, scalar(0xffff, 'uint32')), 0), 2 * Math.PI)
  const rows = [mul(radius, cos(angle)), mul(radius, sin(angle))].flatMap((normal) =>
    [0, 1].map((half) => reshape(slice(normal, [{ axis: 0, start: half, end: half + 1 }]), [batch, quarter])),
  )
  return slice(concat(rows, 1), [{ axis: 1, start: 0, end: size }])
}

/** A column [batch, 1] with as many axes of length 1 as it takes to broadcast over `like`. */
export function over(column: Tensor, like: Tensor): Tensor {
  return reshape(
    column,
    like.shape.map((length, axis) => (axis === 0 ? length : 1)),
  )
}
