// Types of values as far as they are known: an element type, and lengths of axes where they are numbers.

import { TensorProto_DataType as DataType, type ValueInfoProto } from '../generated/onnx_pb.ts'

/** A length, or undefined where it is not known. */
export type Length = number | undefined

export interface ValueType {
  readonly element: number
  /** Undefined where not even the number of axes is known. */
  readonly shape: readonly Length[] | undefined
}

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(DataType).map(([name, number]) => [Number(number), name]),
)

/** `FLOAT [?, 10]` */
export function formatValueType({ element, shape }: ValueType): string {
  const axes = shape === undefined ? '[…]' : `[${shape.map((length) => length ?? '?').join(', ')}]`
  return `${names.get(element) ?? `type ${element}`} ${axes}`
}

/** The type that an input, an output or an intermediate value declares; undefined where it declares none. */
export function declaredType({ type }: ValueInfoProto): ValueType | undefined {
  if (type?.value.case !== 'tensorType') return undefined
  const { elemType, shape } = type.value.value
  return {
    element: elemType,
    shape: shape?.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : undefined)),
  }
}

/** Whether one value may have both types. */
export function compatible(a: ValueType, b: ValueType): boolean {
  const [left, right] = [a.shape, b.shape]
  if (a.element !== b.element) return false
  if (left === undefined || right === undefined) return true
  return (
    left.length === right.length &&
    left.every((length, axis) => length === undefined || right[axis] === undefined || length === right[axis])
  )
}

/** What is known when both are known to hold. */
export function merged(a: ValueType, b: ValueType): ValueType {
  const shape = a.shape?.map((length, axis) => length ?? b.shape?.[axis]) ?? b.shape
  return { element: a.element, shape }
}
