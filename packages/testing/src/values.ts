// Values for tests: random ones from a seed, and comparisons that say where two values differ most.

import {
  type DType,
  filled,
  formatShape,
  formatType,
  isFloat,
  keyOf,
  numbers,
  randomStream,
  type Shape,
  sameShape,
  sizeOf,
  type Type,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { CheckError } from './errors.ts'

/** The numbers of a value in double precision. */
export function doubles(of: Value): Float64Array {
  return Float64Array.from(numbers(of))
}

/** Where random numbers come from. Floats are uniform between the bounds; whole numbers include both. */
export interface NumberRange {
  readonly low?: number
  readonly high?: number
  /** Floats only: the smallest magnitude, to stay away from a kink at 0. Default 0. */
  readonly gap?: number
}

const defaults: Readonly<Record<DType, readonly [number, number]>> = {
  float32: [-1, 1],
  float64: [-1, 1],
  int32: [-9, 9],
  int64: [-9, 9],
  uint8: [0, 255],
  uint32: [0, 2 ** 32 - 1],
  bool: [0, 1],
}

/** Random numbers of a type; the same seed gives the same numbers. */
export function randomValue(type: Type, seed: number, range: NumberRange = {}): Value {
  const [lowest, highest] = defaults[type.dtype]
  const { low = lowest, high = highest, gap = 0 } = range
  const random = randomStream(keyOf(seed))
  const draw = () => {
    if (!isFloat(type.dtype)) return low + random.integer(high - low + 1)
    for (;;) {
      const x = low + (high - low) * random.uniform()
      if (Math.abs(x) >= gap) return x
    }
  }
  return valueOf(type.dtype, type.shape, Float64Array.from({ length: sizeOf(type.shape) }, draw))
}

/** A float32 value from plain numbers: `float32([2], [1, 2])`. */
export function float32(shape: Shape, data: ArrayLike<number>): Value {
  return valueOf('float32', shape, data)
}

/** How far two numbers may be apart: `absolute + relative · |expected|`, where `largest` is a share of the largest expected element. */
export interface Tolerance {
  readonly absolute?: number
  readonly relative?: number
  readonly largest?: number
}

function indexOf(position: number, shape: Shape): string {
  const index: number[] = []
  let rest = position
  for (const length of shape.toReversed()) {
    index.unshift(rest % length)
    rest = Math.floor(rest / length)
  }
  return `[${index.join(', ')}]`
}

/** Throws a CheckError that names the largest difference and its place, unless two values agree. NaN agrees with NaN. */
export function assertClose(actual: Value, expected: Value, tolerance: Tolerance = {}, who = 'assertClose'): void {
  const { absolute = 0, relative = 0, largest = 0 } = tolerance
  if (!sameShape(actual.shape, expected.shape))
    throw new CheckError({
      who,
      problem: 'the shapes differ',
      expected: formatShape(expected.shape),
      got: formatShape(actual.shape),
    })
  const a = doubles(actual)
  const b = doubles(expected)
  if (a.length !== sizeOf(actual.shape))
    throw new CheckError({
      who,
      problem: 'the data does not fill its shape',
      expected: `${sizeOf(actual.shape)} elements`,
      got: String(a.length),
    })
  const peak = largest === 0 ? 0 : b.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  let worst = -1
  let excess = 0
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number]
    if (Object.is(x, y) || x === y) continue
    const allowed = absolute + relative * Math.abs(y) + largest * peak
    const over = Math.abs(x - y) - allowed
    if (over <= 0) continue
    if (worst < 0 || Number.isNaN(over) || over > excess)
      [worst, excess] = [i, Number.isNaN(over) ? Number.POSITIVE_INFINITY : over]
  }
  if (worst < 0) return
  const [x, y] = [a[worst] as number, b[worst] as number]
  throw new CheckError({
    who,
    problem: `the numbers differ most at ${indexOf(worst, actual.shape)} of ${formatType(actual)}, by ${Math.abs(x - y).toPrecision(3)}`,
    expected: String(y),
    got: String(x),
  })
}

/** As `assertClose`, in the order of vitest's matchers. */
export function expectClose(actual: Value, expected: Value, tolerance: Tolerance = { largest: 1e-6 }): void {
  assertClose(actual, expected, tolerance, 'expectClose')
}

/** Throws a CheckError unless two values are the same in type and in every bit. */
export function assertSame(actual: Value, expected: Value, who = 'assertSame'): void {
  if (actual.dtype !== expected.dtype)
    throw new CheckError({ who, problem: 'the element types differ', expected: expected.dtype, got: actual.dtype })
  assertClose(actual, expected, {}, who)
}

/** Throws a CheckError unless all numbers are finite. */
export function assertFinite(actual: Value, who: string): void {
  const data = doubles(actual)
  const at = data.findIndex((x) => !Number.isFinite(x))
  if (at >= 0)
    throw new CheckError({
      who,
      problem: `a number that is not finite at ${indexOf(at, actual.shape)}`,
      expected: 'finite numbers',
      got: String(data[at]),
    })
}

/** Zeros of a type. */
export function zeros({ dtype, shape }: Type): Value {
  return filled(dtype, shape, 0)
}
