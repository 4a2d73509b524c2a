// Cases computed with PyTorch, and the comparison of a layer with one.

import { readFileSync } from 'node:fs'
import {
  constant,
  evaluate,
  gradients,
  input,
  type Layer,
  numbers,
  sizeOf,
  traceModel,
  transpose,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { expect } from 'vitest'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export interface GoldenCase {
  readonly name: string
  readonly op: string
  readonly options?: {
    readonly stride?: [number, number]
    readonly padding?: [number, number]
    readonly dilation?: [number, number]
    readonly kernel?: [number, number]
    readonly groups?: number
    readonly count_include_pad?: boolean
    readonly ceil_mode?: boolean
    readonly output_padding?: [number, number]
    readonly output_size?: [number, number]
    readonly mode?: 'reflect' | 'replicate'
    readonly pads?: readonly (readonly [before: number, after: number])[]
    readonly negative_slope?: number
    readonly alpha?: number
    readonly axis?: number
    readonly approximate?: string
  }
  readonly inputs: { readonly x: GoldenTensor; readonly weight?: GoldenTensor; readonly bias?: GoldenTensor }
  readonly cotangents: { readonly y: GoldenTensor }
  readonly outputs: { readonly y: GoldenTensor }
  readonly gradients: { readonly x: GoldenTensor; readonly weight?: GoldenTensor; readonly bias?: GoldenTensor }
  readonly float32_noise: { readonly max_abs: number }
}

export function goldenCases(file: string): readonly GoldenCase[] {
  const text: { cases: GoldenCase[] } = JSON.parse(
    readFileSync(new URL(`golden/${file}.json`, import.meta.url), 'utf8'),
  )
  return text.cases
}

function valueFrom({ shape, data }: GoldenTensor): Value {
  return valueOf('float32', shape, data)
}

/** PyTorch's linear weight is [out, in], ours [in, out]. */
function kernelFrom(op: string, weight: GoldenTensor): Value {
  const value = valueFrom(weight)
  return op === 'linear' ? (evaluate([transpose(constant(value))])[0] as Value) : value
}

function expectClose(actual: Value | undefined, expected: Value, noise: number): void {
  expect(actual?.shape).toEqual(expected.shape)
  const wanted = numbers(expected)
  const largest = Math.max(...Array.from(wanted, Math.abs))
  const tolerance = Math.max(1e-5 * largest, 10 * noise)
  const got = numbers(actual as Value)
  for (let i = 0; i < sizeOf(expected.shape); i++)
    if (!(Math.abs((got[i] as number) - (wanted[i] as number)) <= tolerance))
      expect.fail(`element ${i}: expected ${wanted[i]} ± ${tolerance}, got ${got[i]}`)
}

/** Output and gradients of a layer are those of the case. */
export function expectGolden(
  layer: Layer,
  { op, inputs, cotangents, outputs, gradients: expected, float32_noise }: GoldenCase,
): void {
  const x = input('x', inputs.x.shape)
  const { output, parameters } = traceModel(layer, x)
  const feeds = {
    x: valueFrom(inputs.x),
    ...(inputs.weight && { kernel: kernelFrom(op, inputs.weight) }),
    ...(inputs.bias && { bias: valueFrom(inputs.bias) }),
  }
  expect([...parameters.keys()]).toEqual(Object.keys(feeds).slice(1))
  const targets = [x, ...[...parameters.values()].map(({ tensor }) => tensor)]
  const slopes = gradients(output, targets, constant(valueFrom(cotangents.y)))
  const [y, ...found] = evaluate([output, ...slopes], feeds)
  const wanted = [
    valueFrom(expected.x),
    ...(expected.weight ? [kernelFrom(op, expected.weight)] : []),
    ...(expected.bias ? [valueFrom(expected.bias)] : []),
  ]
  expectClose(y, valueFrom(outputs.y), float32_noise.max_abs)
  expect(found).toHaveLength(wanted.length)
  wanted.forEach((value, i) => {
    expectClose(found[i], value, float32_noise.max_abs)
  })
}
