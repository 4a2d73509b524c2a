// A tensor's numbers on the host. Values are never changed after they are made; whoever needs other numbers makes another.

import { DataError } from '../errors.ts'
import { allocate, type Data, type DataOf, type DType, type NumericData } from './dtype.ts'
import { formatShape, type Shape, sizeOf } from './shape.ts'

/** The type of a tensor: element type and shape. */
export interface Type {
  readonly dtype: DType
  readonly shape: Shape
}

/** Numbers of a type, row-major. */
export interface Value extends Type {
  readonly data: Data
}

/** Values by name. */
export type Values = Readonly<Record<string, Value>>

/** Wraps data as a value after checking its length. The data is not copied. */
export function value<D extends DType>(dtype: D, shape: Shape, data: DataOf[D]): Value {
  const expected = sizeOf(shape, 'value')
  if (data.length !== expected)
    throw new DataError({
      who: 'value',
      problem: `the data does not fill the shape ${formatShape(shape)}`,
      expected: `${expected} elements`,
      got: String(data.length),
    })
  return { dtype, shape: [...shape], data }
}

/** Makes a value from plain numbers (bool: 0 and 1). */
export function valueOf(dtype: DType, shape: Shape, numbers: ArrayLike<number>): Value {
  const length = sizeOf(shape, 'valueOf')
  if (numbers.length !== length) return value(dtype, shape, allocate(dtype, numbers.length))
  if (dtype === 'int64') return value(dtype, shape, BigInt64Array.from(Array.from(numbers, (x) => BigInt(x))))
  const data = allocate(dtype, length)
  for (let i = 0; i < length; i++) data[i] = numbers[i] as number
  return value(dtype, shape, data)
}

/** A value whose elements are all the same number. */
export function filled(dtype: DType, shape: Shape, number: number): Value {
  const data = allocate(dtype, sizeOf(shape, 'filled'))
  if (number !== 0) {
    if (data instanceof BigInt64Array) data.fill(BigInt(number))
    else data.fill(number)
  }
  return value(dtype, shape, data)
}

/** The data of a value as numbers; int64 is converted, the others are returned as they are. */
export function numbers(of: Value): NumericData {
  return of.data instanceof BigInt64Array ? Float64Array.from(of.data, Number) : of.data
}

/** The one number of a value with one element. */
export function numberOf(of: Value): number {
  if (of.data.length !== 1)
    throw new DataError({
      who: 'numberOf',
      problem: 'not a single number',
      expected: 'one element',
      got: formatShape(of.shape),
    })
  return Number(of.data[0])
}

/** An independent copy. */
export function copyOf(of: Value): Value {
  return { dtype: of.dtype, shape: of.shape, data: of.data.slice() }
}
