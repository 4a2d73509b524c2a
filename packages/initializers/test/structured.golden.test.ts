// Structured initializers of PyTorch, which keeps kernels as [out, in/groups, …].

import { readFileSync } from 'node:fs'
import { type Initializer, keyOf, type RandomStream, randomStream } from '@gradwerk/core'
import { dirac, identity, orthogonal, sparse, truncatedNormal } from '@gradwerk/initializers'
import { describe, expect, test } from 'vitest'

interface Named {
  readonly name: string
}
interface Shaped extends Named {
  readonly shape: readonly number[]
}

interface Golden {
  readonly orthogonal: readonly (Shaped & { gain: number; side: 'rows' | 'columns'; gram: number[] })[]
  readonly dirac: readonly (Shaped & { groups: number; weight: number[] })[]
  readonly identity: readonly (Shaped & { weight: number[] })[]
  readonly sparse: readonly (Shaped & {
    sparsity: number
    std: number
    zeros_per_column: number
    zero_fraction: number
  })[]
  readonly trunc_normal: readonly (Named & {
    options: { mean: number; std: number; a: number; b: number }
    moments: { mean: number; std: number; std_ratio: number }
  })[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden/structured.json', import.meta.url), 'utf8'))
const fans = { fanIn: 1, fanOut: 1, outputAxes: [0], inputAxes: [1] }
const sampleOf = (initializer: Initializer, shape: readonly number[], seed = 1) =>
  initializer.sample(shape, fans, randomStream(keyOf(seed)))

test('every case is here', () => {
  const { dirac: deltas, identity: identities, orthogonal: orthonormal, sparse: sparsely, trunc_normal: cut } = golden
  expect([deltas, identities, orthonormal, sparsely, cut].map(({ length }) => length)).toEqual([4, 1, 4, 1, 5])
})

test.each(golden.dirac)('$name', ({ shape, groups, weight }) => {
  expect(Array.from(sampleOf(dirac({ groups }), shape))).toEqual(weight)
})

test.each(golden.identity)('$name', ({ shape, weight }) => {
  expect(Array.from(sampleOf(identity(), shape))).toEqual(weight)
})

test.each(golden.orthogonal)('$name', ({ shape, gain, side, gram }) => {
  const rows = shape[0] ?? 0
  const numbers = sampleOf(orthogonal({ gain }), shape)
  const columns = numbers.length / rows
  const [count, length] = side === 'rows' ? [rows, columns] : [columns, rows]
  const at = (i: number, k: number) => numbers[side === 'rows' ? i * columns + k : k * columns + i] ?? 0
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      const product = Array.from({ length }, (_, k) => at(i, k) * at(j, k)).reduce((a, b) => a + b, 0)
      expect(Math.abs(product - (gram[i * count + j] ?? 0))).toBeLessThan(5e-7)
    }
})

test.each(golden.sparse)('$name', ({ shape, sparsity, std, zeros_per_column, zero_fraction }) => {
  // The columns of [rows, columns] are our outputs.
  const initializer = sparse(sparsity, { standardDeviation: std })
  const numbers = initializer.sample(shape, { fanIn: 1, fanOut: 1 }, randomStream(keyOf(1)))
  const [rows = 0, columns = 0] = shape
  for (let column = 0; column < columns; column++) {
    const zeros = Array.from({ length: rows }, (_, row) => numbers[row * columns + column]).filter((w) => w === 0)
    expect(zeros).toHaveLength(zeros_per_column)
  }
  expect(numbers.filter((w) => w === 0).length / numbers.length).toBeCloseTo(zero_fraction, 15)
})

describe('the normal distribution between two cuts', () => {
  /** The next normal number is always z. */
  const always = (z: number): RandomStream => ({ ...randomStream(keyOf(0)), normal: () => z })

  test.each(golden.trunc_normal)('$name', ({ options: { mean, std, a, b }, moments }) => {
    // Asked for the moments that SciPy finds after the cut, it has to come from N(mean, std²).
    const initializer = truncatedNormal({
      mean: moments.mean,
      standardDeviation: moments.std,
      low: (a - mean) / std,
      high: (b - mean) / std,
    })
    const drawn = (z: number) => initializer.sample([1], fans, always(z))[0] ?? Number.NaN
    expect(moments.std / std).toBeCloseTo(moments.std_ratio, 12)
    for (const z of [0, 0.5, -0.5]) expect(Math.abs(drawn(z) - (mean + std * z))).toBeLessThan(1e-7)
  })
})
