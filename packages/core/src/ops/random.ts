// Random numbers inside programs: Threefry2x32-20 written in uint32 ops, with a kernel of its own for speed. A key is uint32 [2].

import { foldNumber, hashOf } from '../random/key.ts'
import { type Key, parity, randomWords, rotations, rounds, threefry2x32 } from '../random/threefry.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import { apply, asTensor, type CompositeOp, constant, scalar, type Tensor } from '../tensor/tensor.ts'
import { numbers, type Value, valueOf } from '../tensor/value.ts'
import { add, bitwiseAnd, bitwiseOr, bitwiseXor, mul, shiftLeft, shiftRight } from './binary.ts'
import { less } from './compare.ts'
import { reshape } from './movement.ts'
import { cast } from './select.ts'
import { concat, slice } from './slicing.ts'

const word = (number: number): Tensor => scalar(number >>> 0, 'uint32')

/** The block function on tensors of counters. */
function blocks(key: Tensor, counter0: Tensor, counter1: Tensor): [Tensor, Tensor] {
  const part = (i: number) => reshape(slice(key, [{ axis: 0, start: i, end: i + 1 }]), [])
  const [k0, k1] = [part(0), part(1)]
  const schedule = [k0, k1, bitwiseXor(bitwiseXor(k0, k1), word(parity))] as const
  let x0 = add(counter0, k0)
  let x1 = add(counter1, k1)
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round % 8] as number
    x0 = add(x0, x1)
    x1 = bitwiseXor(bitwiseOr(shiftLeft(x1, word(rotation)), shiftRight(x1, word(32 - rotation))), x0)
    if (round % 4 === 3) {
      const injection = (round + 1) / 4
      x0 = add(x0, schedule[(injection % 3) as 0 | 1 | 2])
      x1 = add(x1, add(schedule[((injection + 1) % 3) as 0 | 1 | 2], word(injection)))
    }
  }
  return [x0, x1]
}

function keyFrom(value: Value | undefined): Key {
  const data = numbers(value as Value)
  return [data[0] as number, data[1] as number]
}

/** An independent key for each name: the in-program form of `fold(key, name)`. */
export function foldKey(key: Tensor, name: string | number): Tensor {
  const counter: Key = typeof name === 'number' ? [name, foldNumber] : [hashOf(name), foldNumber + 1]
  const op: CompositeOp = {
    name: 'foldKey',
    attributes: { counter },
    compose: ([from]) =>
      concat(
        blocks(from as Tensor, word(counter[0]), word(counter[1])).map((x) => reshape(x, [1])),
        0,
      ),
    kernel: ([from]) => Uint32Array.from(threefry2x32(keyFrom(from), counter)),
  }
  return apply(op, [key])
}

/** Random 32-bit words of a key, as `randomWords`. */
export function randomBits(key: Tensor, shape: Shape): Tensor {
  const size = sizeOf(shape, 'randomBits')
  const op: CompositeOp = {
    name: 'randomBits',
    attributes: { shape },
    compose([from]) {
      const half = Math.ceil(size / 2)
      const counters = constant(
        valueOf(
          'uint32',
          [half],
          Array.from({ length: half }, (_, i) => i),
        ),
      )
      const both = concat(blocks(from as Tensor, counters, word(0)), 0)
      return reshape(slice(both, [{ axis: 0, start: 0, end: size }]), shape)
    },
    kernel: ([from]) => randomWords(keyFrom(from), size),
  }
  return apply(op, [key])
}

/** float32 numbers, uniform in [0, 1): the upper 24 bits of a word. */
export function randomUniform(key: Tensor, shape: Shape): Tensor {
  const op: CompositeOp = {
    name: 'randomUniform',
    attributes: { shape },
    compose: ([from]) => mul(cast(shiftRight(randomBits(from as Tensor, shape), word(8)), 'float32'), 2 ** -24),
    kernel([from], output) {
      const words = randomWords(keyFrom(from), sizeOf(output.shape))
      const out = new Float32Array(words.length)
      // A loop: Float32Array.from takes forty times as long.
      for (let i = 0; i < out.length; i++) out[i] = ((words[i] as number) >>> 8) * 2 ** -24
      return out
    },
  }
  return apply(op, [key])
}

/**
 * Bool of the shape, true with the given probability (float32 scalar), decided by 16 bits each: the probability is rounded to the
 * nearest multiple of 2⁻¹⁶. Element i takes the lower half of word i, then the upper halves follow.
 */
export function bernoulli(key: Tensor, probability: Tensor | number, shape: Shape): Tensor {
  const size = sizeOf(shape, 'bernoulli')
  const half = Math.ceil(size / 2)
  const op: CompositeOp = {
    name: 'bernoulli',
    attributes: { shape },
    compose([from, chance]) {
      const words = randomBits(from as Tensor, [half])
      const halves = concat([bitwiseAnd(words, word(0xffff)), shiftRight(words, word(16))], 0)
      const threshold = cast(add(mul(chance as Tensor, 2 ** 16), 0.5), 'uint32')
      return reshape(less(slice(halves, [{ axis: 0, start: 0, end: size }]), threshold), shape)
    },
    kernel([from, chance]) {
      const words = new Int32Array(randomWords(keyFrom(from), half).buffer)
      const threshold = Math.trunc(Math.fround((numbers(chance as Value)[0] as number) * 2 ** 16 + 0.5))
      const out = new Uint8Array(2 * half)
      // The sign bit of a difference decides, without a branch that could be predicted wrongly.
      for (let i = 0; i < half; i++) {
        const bits = words[i] as number
        out[i] = ((bits & 0xffff) - threshold) >>> 31
        out[half + i] = ((bits >>> 16) - threshold) >>> 31
      }
      return out.subarray(0, size)
    },
  }
  return apply(op, [key, asTensor(probability, 'float32')])
}
