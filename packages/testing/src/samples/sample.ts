// What a sample of an op is: an expression of random inputs, or a call that is refused.

import {
  type DType,
  type GradwerkError,
  input,
  keyOf,
  randomStream,
  type Shape,
  sizeOf,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { type NumberRange, randomValue } from '../values.ts'

export interface SampleInput {
  readonly dtype: DType
  readonly shape: Shape
  readonly range?: NumberRange
  /** Evenly spaced numbers in random order: no two of them are close to a tie. */
  readonly distinct?: boolean
  /** These numbers instead of random ones. */
  readonly data?: readonly number[]
}

export interface OpSample {
  /** The function of core that is sampled. */
  readonly op: string
  readonly title: string
  readonly inputs: readonly SampleInput[]
  readonly build: (...inputs: Tensor[]) => Tensor
  /** false where there is no gradient at the inputs (a step, a tie): only values are checked. Default true. */
  readonly gradient?: boolean
  /** true where backends have to agree in every bit. Default: whether the output is not of floats. */
  readonly exact?: boolean
}

/** A call that is refused while the expression is built, or when it is evaluated. */
export interface ErrorSample {
  readonly op: string
  readonly title: string
  readonly inputs: readonly SampleInput[]
  readonly build: (...inputs: Tensor[]) => Tensor
  readonly error: abstract new (...facts: never[]) => GradwerkError
  /** Parts of the message. */
  readonly says: readonly string[]
}

/** `[op, title, inputs, build, error, parts of the message]` */
export type ErrorRow = readonly [
  string,
  string,
  ErrorSample['inputs'],
  ErrorSample['build'],
  ErrorSample['error'],
  readonly string[],
]

/** float32 numbers from −1 to 1, or of the range. */
export function float(shape: Shape, range?: NumberRange): SampleInput {
  return { dtype: 'float32', shape, ...(range === undefined ? {} : { range }) }
}

/** float32 numbers no two of which are close. */
export function distinct(shape: Shape): SampleInput {
  return { dtype: 'float32', shape, distinct: true }
}

/** float32 numbers of a magnitude of at least 0.1: away from a kink at 0. */
export function apart(shape: Shape): SampleInput {
  return float(shape, { gap: 0.1 })
}

/** Whole numbers from 0 to below. */
export function indices(shape: Shape, below: number, dtype: DType = 'int32'): SampleInput {
  return { dtype, shape, range: { low: 0, high: below - 1 } }
}

/** Random numbers of an element type, from all of its range or a small one. */
export function any(dtype: DType, shape: Shape, range?: NumberRange): SampleInput {
  return { dtype, shape, ...(range === undefined ? {} : { range }) }
}

/** The numbers given. */
export function exactly(dtype: DType, shape: Shape, data: readonly number[]): SampleInput {
  return { dtype, shape, data }
}

/** The numbers of a sample's inputs; always the same. */
export function sampleValues({ op, title, inputs }: Pick<OpSample, 'op' | 'title' | 'inputs'>): Value[] {
  const seed = [...`${op} ${title}`].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
  return inputs.map(({ dtype, shape, range, distinct, data }, i) => {
    if (data !== undefined) return valueOf(dtype, shape, data)
    if (distinct !== true) return randomValue({ dtype, shape }, seed * 10 + i, range)
    const size = sizeOf(shape)
    const spread = Float64Array.from({ length: size }, (_, k) => (2 * k + 1) / size - 1)
    return valueOf(dtype, shape, randomStream(keyOf(seed * 10 + i)).shuffle(spread))
  })
}

/** The inputs of a sample as tensors named x0, x1, …; `shapeOf` may change their shapes. */
export function sampleTensors(
  { inputs }: Pick<OpSample, 'inputs'>,
  shapeOf: (shape: Shape) => Shape = (shape) => shape,
): Tensor[] {
  return inputs.map(({ shape, dtype }, i) => input(`x${i}`, shapeOf(shape), dtype))
}

/** Values by the names of `sampleTensors`. */
export function sampleFeeds(sample: Pick<OpSample, 'op' | 'title' | 'inputs'>): Record<string, Value> {
  return Object.fromEntries(sampleValues(sample).map((value, i) => [`x${i}`, value]))
}
