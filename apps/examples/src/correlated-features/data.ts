// One set of samples with two features that are nearly the same, and many draws of what was measured on them.

import { type Dataset, keyOf, randomStream } from '@gradwerk/core'
import { madeUp } from '../shared/linear-model.ts'
import { mean } from '../shared/statistics.ts'

/** The weights behind the targets. */
export const truth = [1.5, 0.5] as const
/** Standard deviation of what is added to every target. */
export const noise = 1

export interface Draws {
  /** inputs [samples, 2], targets [samples, draws]: each column of the targets is a data set. */
  readonly dataset: Dataset
  /** The correlation of the two features in these samples. */
  readonly correlation: number
  readonly samples: number
  readonly draws: number
}

/** Mean 0, (biased) deviation 1. */
function standardized(numbers: readonly number[]): number[] {
  const center = mean(numbers)
  const deviation = Math.sqrt(mean(numbers.map((x) => (x - center) ** 2)))
  return numbers.map((x) => (x - center) / deviation)
}

/** `x₂ = 0.98 x₁ + √(1 − 0.98²) e`, both standardized; `y = w · x + ε` with fresh ε for every draw. */
export function twins(samples = 50, draws = 1000): Draws {
  const random = randomStream(keyOf(3))
  const first = standardized(Array.from({ length: samples }, () => random.normal()))
  const second = standardized(first.map((x) => 0.98 * x + Math.sqrt(1 - 0.98 ** 2) * random.normal()))
  const inputs = first.map((x, i) => [x, second[i] ?? 0])
  const targets = inputs.map(([a = 0, b = 0]) =>
    Array.from({ length: draws }, () => truth[0] * a + truth[1] * b + noise * random.normal()),
  )
  const correlation = mean(inputs.map(([a = 0, b = 0]) => a * b))
  return { dataset: madeUp('twins', inputs, targets), correlation, samples, draws }
}
