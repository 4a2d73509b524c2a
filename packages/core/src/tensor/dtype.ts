// Element types, and the typed arrays that hold their numbers on the host.

export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'uint32' | 'bool'

/** The host array of each element type; a bool is a byte of 0 or 1. */
export interface DataOf {
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  uint32: Uint32Array
  bool: Uint8Array
}

export type Data = DataOf[DType]
/** Data whose elements are numbers: all but int64, which holds bigints. */
export type NumericData = Exclude<Data, BigInt64Array>

export const dataConstructors: { readonly [D in DType]: new (length: number) => DataOf[D] } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint32: Uint32Array,
  bool: Uint8Array,
}

export const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'uint32', 'bool']

/** float32 and float64 have gradients; the others do not. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64'
}

/** Zero-filled data of a type. */
export function allocate<D extends DType>(dtype: D, length: number): DataOf[D] {
  return new dataConstructors[dtype](length)
}
