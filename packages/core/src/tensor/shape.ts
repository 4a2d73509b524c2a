// Shapes: lists of axis lengths, row-major. One axis may be `dynamic`: known only when a program runs.

import { ShapeError } from '../errors.ts'

export type Shape = readonly number[]

/** The length of an axis that is known only when a program runs (the batch axis of an evaluation program). */
export const dynamic = -1

export function formatShape(shape: Shape): string {
  return `[${shape.map((length) => (length === dynamic ? '?' : length)).join(', ')}]`
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis])
}

export function isStatic(shape: Shape): boolean {
  return !shape.includes(dynamic)
}

/** The number of elements. Throws a ShapeError for a shape with a dynamic axis. */
export function sizeOf(shape: Shape, who = 'sizeOf'): number {
  if (!isStatic(shape))
    throw new ShapeError({
      who,
      problem: 'the number of elements is not known before the program runs',
      expected: 'axes of known length',
      got: formatShape(shape),
      hint: 'building the program for one batch size',
    })
  return shape.reduce((product, length) => product * length, 1)
}

/** Checks that a shape is a list of whole lengths ≥ 0 (or `dynamic`). */
export function checkShape(who: string, shape: Shape): void {
  if (shape.every((length) => Number.isSafeInteger(length) && length >= dynamic)) return
  throw new ShapeError({
    who,
    problem: 'not a shape',
    expected: 'whole lengths of 0 and more',
    got: `[${shape.join(', ')}]`,
  })
}

/** The row-major distance in elements between neighbours along each axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis] as number
  }
  return strides
}

/** An axis counted from either end, as an index from the front. */
export function normalizeAxis(who: string, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
  throw new ShapeError({
    who,
    problem: 'no such axis',
    expected: `an axis from ${-rank} to ${rank - 1}`,
    got: String(axis),
  })
}

/** Sorted axes without repetition; all of them when none are named. */
export function normalizeAxes(who: string, axes: readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis)
  const found = axes.map((axis) => normalizeAxis(who, axis, rank)).sort((a, b) => a - b)
  if (new Set(found).size === found.length) return found
  throw new ShapeError({
    who,
    problem: 'an axis is named twice',
    expected: 'distinct axes',
    got: `[${axes.join(', ')}]`,
  })
}

/** The common shape of two operands under NumPy's broadcasting rule. */
export function broadcastShapes(who: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left === right || right === 1) return left
    if (left === 1) return right
    throw new ShapeError({
      who,
      problem: `shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`,
      expected: 'equal lengths, or 1, along every axis counted from the last',
      got: `${left} against ${right} on axis ${axis - rank}`,
    })
  })
}
