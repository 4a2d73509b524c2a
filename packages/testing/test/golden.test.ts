// Core's ops against vectors recorded with PyTorch 1.13 (the file names its source): values and gradients.

import { readFileSync } from 'node:fs'
import {
  constant,
  type DType,
  evaluate,
  gradients,
  input,
  isFloat,
  mul,
  sum,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { assertClose } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { builders } from './golden-ops.ts'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
  readonly dtype?: DType
}

interface GoldenCase {
  readonly name: string
  readonly op: string
  readonly inputs: Readonly<Record<string, GoldenTensor>>
  readonly options: Readonly<Record<string, unknown>>
  readonly cotangents: Readonly<Record<string, GoldenTensor>>
  readonly outputs: Readonly<Record<string, GoldenTensor>>
  readonly gradients: Readonly<Record<string, GoldenTensor>>
  readonly float32_noise?: { readonly max_abs: number }
}

const text = readFileSync(new URL('./golden/ops.json', import.meta.url), 'utf8')
const { cases } = JSON.parse(text) as { cases: readonly GoldenCase[] }

const valueFrom = ({ dtype = 'float32', shape, data }: GoldenTensor): Value => valueOf(dtype, shape, data)

function run({ name, op, inputs, options, cotangents, outputs, gradients: slopes, float32_noise }: GoldenCase): void {
  const tolerance = { largest: 1e-5, absolute: 10 * (float32_noise?.max_abs ?? 0) }
  const entries = Object.entries(inputs).map(([of, golden]) => [of, valueFrom(golden)] as const)
  const tensors = Object.fromEntries(entries.map(([of, { shape, dtype }]) => [of, input(of, shape, dtype)]))
  const y = builders[op]?.(tensors, options) as Tensor
  const feeds = Object.fromEntries(entries)
  assertClose(evaluate([y], feeds)[0] as Value, valueFrom(outputs.y as GoldenTensor), tolerance, name)
  if (cotangents.y === undefined || !isFloat(y.dtype)) return
  const s = sum(mul(y, constant(valueFrom(cotangents.y))))
  const names = Object.keys(slopes)
  const values = evaluate(
    gradients(
      s,
      names.map((of) => tensors[of] as Tensor),
    ),
    feeds,
  )
  names.forEach((of, i) => {
    assertClose(values[i] as Value, valueFrom(slopes[of] as GoldenTensor), tolerance, `${name}, gradient of ${of}`)
  })
}

test('every golden op has a builder, and every builder a golden op', () => {
  expect(cases).toHaveLength(204)
  expect(Object.keys(builders).toSorted()).toEqual([...new Set(cases.map(({ op }) => op))].toSorted())
})

for (const op of Object.keys(builders))
  describe(op, () => {
    for (const golden of cases.filter((entry) => entry.op === op)) test(golden.name, () => run(golden))
  })
