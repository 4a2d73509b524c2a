// Rules of operators that move numbers: their shapes follow from attributes and from constant inputs.

import { TensorProto_DataType as DataType } from '../generated/onnx_pb.ts'
import { along, broadcastShape, type NodeCall, type TypeRule } from './rules.ts'
import type { Length, ValueType } from './types.ts'

/** The first input's element type with a shape that depends on its own. */
function moved(shapeOf: (shape: readonly Length[], call: NodeCall) => readonly Length[] | undefined): TypeRule {
  return (call) => {
    const [x] = call.inputs
    return x === undefined ? [x] : [{ element: x.element, shape: x.shape && shapeOf(x.shape, call) }]
  }
}

function size(shape: readonly Length[]): Length {
  return shape.every((length) => length !== undefined) ? (shape as number[]).reduce((a, b) => a * b, 1) : undefined
}

export const reshape: TypeRule = moved((shape, call) => {
  const target = call.constant(1)
  if (target === undefined) return undefined
  const zeros = call.int('allowzero', 0) === 1
  const made = target.map((length, axis) => (length === 0 && !zeros ? shape[axis] : length < 0 ? undefined : length))
  const [from, to] = [size(shape), size(made)]
  const free = target.indexOf(-1)
  if (free < 0 && from !== undefined && to !== undefined && from !== to)
    throw new Error(`${from} elements do not fill ${to}`)
  const others = size(made.toSpliced(free, 1))
  if (free < 0 || from === undefined || others === undefined || others === 0) return made
  if (from % others !== 0) throw new Error(`${from} elements do not divide by ${others}`)
  return made.with(free, from / others)
})

export const expand: TypeRule = moved((shape, call) => {
  const target = call.constant(1)
  return target === undefined ? undefined : broadcastShape([shape, target])
})

export const transpose: TypeRule = moved((shape, call) => {
  const axes = call.ints('perm') ?? shape.map((_, axis) => shape.length - 1 - axis)
  if (axes.length !== shape.length || new Set(axes).size !== shape.length)
    throw new Error(`[${axes.join(', ')}] is no order of ${shape.length} axes`)
  return axes.map((axis) => shape[along(axis, shape.length)])
})

export const concat: TypeRule = (call) => {
  const types = call.inputs
  const [first] = types
  if (first?.shape === undefined) return [undefined]
  const { element, shape } = first
  const axis = along(call.int('axis', 0), shape.length)
  if (types.some((type) => type !== undefined && type.element !== element))
    throw new Error('the inputs have different element types')
  if (types.some((type) => type?.shape === undefined)) return [{ element, shape: undefined }]
  const lengths = types.map((type) => type?.shape?.[axis])
  const total =
    size(lengths) === undefined ? undefined : lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0)
  return [{ element, shape: shape.with(axis, total) }]
}

export const gather: TypeRule = (call) => {
  const [x, indices] = call.inputs
  if (x?.shape === undefined || indices?.shape === undefined) return [undefined]
  wholeNumbers(indices)
  const axis = along(call.int('axis', 0), x.shape.length)
  return [{ element: x.element, shape: x.shape.toSpliced(axis, 1, ...indices.shape) }]
}

export const gatherElements: TypeRule = ({ inputs: [x, indices] }) => {
  wholeNumbers(indices)
  return x === undefined ? [x] : [{ element: x.element, shape: indices?.shape }]
}

/** The first input with other numbers at some places. */
export const scatter: TypeRule = ({ inputs: [x, indices, updates] }) => {
  wholeNumbers(indices)
  if (x !== undefined && updates !== undefined && x.element !== updates.element)
    throw new Error('the updates have another element type')
  return [x]
}

function wholeNumbers(indices: ValueType | undefined): void {
  if (indices !== undefined && indices.element !== DataType.INT64 && indices.element !== DataType.INT32)
    throw new Error('the indices are no int32 or int64')
}

export const slice: TypeRule = moved((shape, call) => {
  const [starts, ends] = [call.constant(1), call.constant(2)]
  const axes = call.inputs.length > 3 ? call.constant(3) : shape.map((_, axis) => axis)
  const steps = call.inputs.length > 4 ? call.constant(4) : starts?.map(() => 1)
  if (starts === undefined || ends === undefined || axes === undefined || steps === undefined) return undefined
  return axes.reduce<readonly Length[]>((left, axis, i) => {
    const at = along(axis, shape.length)
    const length = shape[at]
    const [start, end, step] = [starts[i] ?? 0, ends[i] ?? 0, steps[i] ?? 1]
    if (step === 0) throw new Error('a step of 0')
    return left.with(at, length === undefined ? undefined : sliceLength(length, start, end, step))
  }, shape)
})

function sliceLength(length: number, start: number, end: number, step: number): number {
  const place = (x: number) => (x < 0 ? x + length : x)
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1]
  const [from, to] = [place(start), place(end)].map((x) => Math.min(Math.max(x, least), most)) as [number, number]
  return Math.max(Math.ceil((to - from) / step), 0)
}

export const pad: TypeRule = moved((shape, call) => {
  const pads = call.constant(1)
  if (pads === undefined || call.inputs.length > 3) return shape.map(() => undefined)
  if (pads.length !== 2 * shape.length) throw new Error(`${pads.length} pads for ${shape.length} axes`)
  return shape.map((length, axis) =>
    length === undefined ? undefined : length + (pads[axis] ?? 0) + (pads[axis + shape.length] ?? 0),
  )
})

export const unsqueeze: TypeRule = moved((shape, call) => {
  const axes = call.constant(1)
  if (axes === undefined) return undefined
  const rank = shape.length + axes.length
  const added = axes.map((axis) => along(axis, rank))
  const rest = shape.values()
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.next().value))
})

export const gridSample: TypeRule = ({ inputs: [x, grid] }) => {
  if (x?.shape === undefined || grid?.shape === undefined) return [undefined]
  return [{ element: x.element, shape: [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)] }]
}

export const argMax: TypeRule = (call) => {
  const [x] = call.inputs
  if (x?.shape === undefined) return [{ element: DataType.INT64, shape: undefined }]
  const axis = along(call.int('axis', 0), x.shape.length)
  const kept = call.int('keepdims', 1) === 1
  return [{ element: DataType.INT64, shape: x.shape.toSpliced(axis, 1, ...(kept ? [1] : [])) }]
}
