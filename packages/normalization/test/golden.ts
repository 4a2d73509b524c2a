// Batch normalization computed with PyTorch.

import { readFileSync } from 'node:fs'
import { numbers, type Value, valueOf } from '@gradwerk/core'
import { expect } from 'vitest'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export interface GoldenCase {
  readonly name: string
  readonly options: {
    readonly training: boolean
    readonly momentum: number
    readonly eps: number
    readonly affine: boolean
  }
  readonly inputs: Readonly<Record<string, GoldenTensor>>
  readonly cotangents: Readonly<Record<string, GoldenTensor>>
  readonly outputs: Readonly<Record<string, GoldenTensor>>
  readonly gradients: Readonly<Record<string, GoldenTensor>>
  readonly float32_noise: { readonly max_abs: number }
}

export function goldenCases(): readonly GoldenCase[] {
  const text: { cases: GoldenCase[] } = JSON.parse(
    readFileSync(new URL('golden/batch-norm.json', import.meta.url), 'utf8'),
  )
  return text.cases
}

/** A tensor of a case by name. */
export function valueAt(tensors: Readonly<Record<string, GoldenTensor>>, name: string): Value {
  const found = tensors[name]
  if (found === undefined) throw new Error(`the case has no '${name}'`)
  return valueOf('float32', found.shape, found.data)
}

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
