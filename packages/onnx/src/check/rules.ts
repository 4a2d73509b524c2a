// What makes the type of a node's outputs out of the types of its inputs.

import { TensorProto_DataType as DataType } from '../generated/onnx_pb.ts'
import type { Length, ValueType } from './types.ts'

/** A node as rules see it. */
export interface NodeCall {
  readonly opset: number
  /** Undefined for an input that is left out, and for one of which nothing is known. */
  readonly inputs: readonly (ValueType | undefined)[]
  int(name: string, otherwise: number): number
  ints(name: string): readonly number[] | undefined
  string(name: string): string | undefined
  /** The whole numbers of a constant input. */
  constant(input: number): readonly number[] | undefined
}

/** The types of the outputs; undefined where a rule cannot tell. Throws a plain Error that says what does not fit. */
export type TypeRule = (call: NodeCall) => readonly (ValueType | undefined)[]

/** The type of the first input. */
export const same: TypeRule = ({ inputs: [x] }) => [x]

function broadcastLength(a: Length, b: Length): Length {
  if (a === 1) return b
  if (b === 1 || a === b) return a
  if (a !== undefined && b !== undefined) throw new Error(`lengths ${a} and ${b} do not broadcast`)
  return a ?? b
}

export function broadcastShape(shapes: readonly (readonly Length[] | undefined)[]): Length[] | undefined {
  return shapes.reduce<Length[] | undefined>((all, shape) => {
    if (all === undefined || shape === undefined) return undefined
    const rank = Math.max(all.length, shape.length)
    const at = (of: readonly Length[], axis: number) => (axis < rank - of.length ? 1 : of[axis - rank + of.length])
    return Array.from({ length: rank }, (_, axis) => broadcastLength(at(all, axis), at(shape, axis)))
  }, [])
}

function equalElements(inputs: readonly (ValueType | undefined)[]): number | undefined {
  const found = new Set(inputs.flatMap((type) => (type === undefined ? [] : [type.element])))
  if (found.size > 1) throw new Error('the inputs have different element types')
  return [...found][0]
}

/** Elementwise with broadcasting, from inputs of one element type to the same or to another. */
export function elementwise(result?: number): TypeRule {
  return ({ inputs }) => {
    const element = result ?? equalElements(inputs)
    if (result !== undefined) equalElements(inputs)
    return element === undefined ? [undefined] : [{ element, shape: broadcastShape(inputs.map((type) => type?.shape)) }]
  }
}

export function along(axis: number, rank: number): number {
  if (axis < -rank || axis >= rank) throw new Error(`there is no axis ${axis} among ${rank}`)
  return axis < 0 ? axis + rank : axis
}

/** Reductions; the axes are an attribute, or an input from an operator set on. */
export function reduction(axesAsInputSince: number): TypeRule {
  return (call) => {
    const [x] = call.inputs
    if (x?.shape === undefined) return [x]
    const { shape, element } = x
    const asInput = call.opset >= axesAsInputSince
    const listed = asInput ? call.constant(1) : call.ints('axes')
    const all = asInput ? call.inputs.length < 2 : listed === undefined
    if (listed === undefined && !all) return [{ element, shape: undefined }]
    const axes = all ? shape.map((_, axis) => axis) : (listed ?? []).map((axis) => along(axis, shape.length))
    const keep = call.int('keepdims', 1) === 1
    return [{ element, shape: shape.flatMap((length, axis) => (!axes.includes(axis) ? [length] : keep ? [1] : [])) }]
  }
}

/** The spatial lengths that a window leaves: convolution and pooling with explicit padding. */
function windowed(call: NodeCall, spatial: readonly Length[], size: readonly number[]): Length[] {
  const axes = spatial.length
  const pads = call.ints('pads') ?? new Array<number>(2 * axes).fill(0)
  return spatial.map((length, i) => {
    if (length === undefined || (call.string('auto_pad') ?? 'NOTSET') !== 'NOTSET') return undefined
    const [stride, dilation] = [call.ints('strides')?.[i] ?? 1, call.ints('dilations')?.[i] ?? 1]
    const room = length + (pads[i] ?? 0) + (pads[i + axes] ?? 0) - dilation * ((size[i] ?? 1) - 1) - 1
    if (room < 0) throw new Error(`a window of ${size[i]} does not fit into ${length}`)
    return call.int('ceil_mode', 0) === 0 ? Math.floor(room / stride) + 1 : undefined
  })
}

export const pooling: TypeRule = (call) => {
  const [x] = call.inputs
  const size = call.ints('kernel_shape')
  if (size === undefined) throw new Error("the attribute 'kernel_shape' is missing")
  if (x?.shape === undefined) return [x]
  const shape = [...x.shape.slice(0, 2), ...windowed(call, x.shape.slice(2), size)]
  return [
    { element: x.element, shape },
    { element: DataType.INT64, shape },
  ]
}

export const convolution: TypeRule = (call) => {
  const [x, kernel, bias] = call.inputs
  equalElements([x, kernel, bias])
  if (x?.shape === undefined || kernel?.shape === undefined) return [undefined]
  const [filters, perGroup, ...size] = kernel.shape
  const [batch, channels, ...spatial] = x.shape
  const expected = perGroup === undefined ? undefined : perGroup * call.int('group', 1)
  if (channels !== undefined && expected !== undefined && channels !== expected)
    throw new Error(`${channels} channels meet a kernel for ${expected}`)
  const known = size.every((length) => length !== undefined)
  const rest = known ? windowed(call, spatial, size as number[]) : spatial.map(() => undefined)
  return [{ element: x.element, shape: [batch, filters, ...rest] }]
}

export const transposedConvolution: TypeRule = (call) => {
  const [x, kernel, bias] = call.inputs
  equalElements([x, kernel, bias])
  if (x?.shape === undefined || kernel?.shape === undefined) return [undefined]
  const [, perGroup] = kernel.shape
  const filters = perGroup === undefined ? undefined : perGroup * call.int('group', 1)
  return [{ element: x.element, shape: [x.shape[0], filters, ...x.shape.slice(2).map(() => undefined)] }]
}

/** The product of matrices, in stacks that broadcast. */
export const matrixProduct: TypeRule = ({ inputs }) => {
  const [a, b] = inputs
  const element = equalElements(inputs)
  if (a?.shape === undefined || b?.shape === undefined || element === undefined) return [undefined]
  if (a.shape.length < 2 || b.shape.length < 2) return [{ element, shape: undefined }]
  inner(a.shape.at(-1), b.shape.at(-2))
  const stacks = broadcastShape([a.shape.slice(0, -2), b.shape.slice(0, -2)])
  return [{ element, shape: [...(stacks ?? []), a.shape.at(-2), b.shape.at(-1)] }]
}

export const generalProduct: TypeRule = (call) => {
  const [a, b] = call.inputs
  const element = equalElements(call.inputs)
  if (a?.shape === undefined || b?.shape === undefined || element === undefined) return [undefined]
  if (a.shape.length !== 2 || b.shape.length !== 2) throw new Error('Gemm multiplies two matrices')
  const [rows, left] = call.int('transA', 0) === 0 ? a.shape : a.shape.toReversed()
  const [right, columns] = call.int('transB', 0) === 0 ? b.shape : b.shape.toReversed()
  inner(left, right)
  return [{ element, shape: [rows, columns] }]
}

function inner(a: Length, b: Length): void {
  if (a !== undefined && b !== undefined && a !== b) throw new Error(`inner lengths ${a} and ${b} differ`)
}
