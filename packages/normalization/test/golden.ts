// Normalization computed with PyTorch.

import { readFileSync } from 'node:fs'
import { numbers, type Value, valueOf } from '@gradwerk/core'
import { expect } from 'vitest'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export type GoldenTensors = Readonly<Record<string, GoldenTensor>>

export interface GoldenCase<Options> {
  readonly name: string
  readonly op: string
  readonly options: Options
  readonly inputs: GoldenTensors
  readonly cotangents: GoldenTensors
  readonly outputs: GoldenTensors
  readonly gradients: GoldenTensors
  readonly float32_noise: { readonly max_abs: number }
}

/** The cases of a file in `golden/`. */
export function goldenCases<Options>(file: string): readonly GoldenCase<Options>[] {
  const text: { cases: GoldenCase<Options>[] } = JSON.parse(
    readFileSync(new URL(`golden/${file}.json`, import.meta.url), 'utf8'),
  )
  return text.cases
}

/** A tensor of a case by name. */
export function valueAt(tensors: GoldenTensors, name: string): Value {
  const found = tensors[name]
  if (found === undefined) throw new Error(`the case has no '${name}'`)
  return valueOf('float32', found.shape, found.data)
}

/** Within 1e-5 of the largest expected number, or ten times what float32 costs PyTorch. */
export function expectClose(actual: Value | undefined, expected: Value, noise: number): void {
  expect(actual?.shape).toEqual(expected.shape)
  const wanted = numbers(expected)
  const largest = Math.max(...Array.from(wanted, Math.abs))
  const tolerance = Math.max(1e-5 * largest, 10 * noise)
  const got = numbers(actual as Value)
  for (let i = 0; i < wanted.length; i++)
    if (!(Math.abs((got[i] as number) - (wanted[i] as number)) <= tolerance))
      expect.fail(`element ${i}: expected ${wanted[i]} ± ${tolerance}, got ${got[i]}`)
}
