// Made-up samples of many features, of which five decide.

import { type Dataset, keyOf, numbers, type RandomStream, randomStream } from '@gradwerk/core'
import { madeUp } from '../shared/linear-model.ts'

/** The weights that the samples are drawn with, by feature; all others are 0. */
export const truth: ReadonlyMap<number, number> = new Map([
  [17, 2],
  [64, -2],
  [140, 2],
  [203, -2],
  [281, 2],
])

export const featureCount = 300

function samples(count: number, random: RandomStream): Dataset {
  const inputs = Array.from({ length: count }, () => Array.from({ length: featureCount }, () => random.normal()))
  const targets = inputs.map((row) => {
    const logit = [...truth].reduce((total, [feature, weight]) => total + weight * (row[feature] ?? 0), 0)
    return [random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0]
  })
  return madeUp('five of 300 features', inputs, targets)
}

/** Independent standard normal features; a target is 1 with probability σ(w · x). */
export function sparseProblem(seed: number, train = 200, test = 1000): { train: Dataset; test: Dataset } {
  const random = randomStream(keyOf(seed))
  return { train: samples(train, random.child('train')), test: samples(test, random.child('test')) }
}

/** The logits of a linear model, in float64. */
export function logitsOf({ inputs }: Dataset, kernel: readonly number[], bias: number): number[] {
  const width = inputs.shape[1] ?? 1
  const data = numbers(inputs)
  return Array.from({ length: data.length / width }, (_, row) =>
    kernel.reduce((total, weight, i) => (weight === 0 ? total : total + weight * (data[row * width + i] ?? 0)), bias),
  )
}
