// Images as plain loops see them.

import { evaluate, input, type Layer, type Shape, traceModel, type Value, valueOf } from '@gradwerk/core'
import { randomValue } from '@gradwerk/testing'

/** A layer applied to random numbers, with the numbers. */
export function applied(layer: Layer, shape: readonly number[], seed = 1): { y: Value; x: Value; weights: Value[] } {
  const { output, parameters } = traceModel(layer, input('x', shape))
  const x = randomValue({ dtype: 'float32', shape }, seed)
  const named = [...parameters].map(([name, { spec }], i) => {
    return [name, randomValue({ dtype: 'float32', shape: spec.shape }, seed + 1 + i)] as const
  })
  const [y] = evaluate([output], { x, ...Object.fromEntries(named) }) as [Value]
  return { y, x, weights: named.map(([, value]) => value) }
}

/** The shape of a layer's output. */
export function shapeOf(layer: Layer, shape: readonly number[]): Shape {
  return traceModel(layer, input('x', shape)).output.shape
}

/** The element of a value at an index; 0 outside. */
export function at({ shape, data }: Value, index: readonly number[]): number {
  const inside = index.every((i, axis) => i >= 0 && i < (shape[axis] as number))
  return inside ? Number(data[index.reduce((sofar, i, axis) => sofar * (shape[axis] as number) + i, 0)]) : 0
}

export type Index4 = [number, number, number, number]

/** Calls `body` for every index below the counts. */
export function every(counts: readonly number[], body: (...index: Index4) => void, index: number[] = []): void {
  if (index.length === counts.length) body(...(index as Index4))
  else for (let i = 0; i < (counts[index.length] as number); i++) every(counts, body, [...index, i])
}

/** An image computed element by element. */
export function computed(shape: readonly number[], f: (...index: Index4) => number): Value {
  const data: number[] = []
  every(shape, (...index) => data.push(f(...index)))
  return valueOf('float32', shape, data)
}

export function total(counts: readonly number[], f: (...index: Index4) => number): number {
  let sum = 0
  every(counts, (...index) => {
    sum += f(...index)
  })
  return sum
}
