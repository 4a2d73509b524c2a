// What a random search of k trials finds, from one of n trials: any k of them are a random search as well.

import type { SearchTrial } from './measure.ts'

/** The probability that none of k trials drawn from n, without putting back, is among m of them: C(n − m, k) / C(n, k). */
export function missing(n: number, m: number, k: number): number {
  let probability = 1
  for (let i = 0; i < k; i++) probability *= Math.max(0, n - m - i) / (n - i)
  return probability
}

/** The accuracy that the best of k random trials reaches with this probability. */
export function bestOf(trials: readonly SearchTrial[], k: number, probability: number): number {
  const accuracies = trials.map(({ accuracy }) => accuracy).toSorted((a, b) => b - a)
  const m = accuracies.findIndex((_, i) => 1 - missing(accuracies.length, i + 1, k) >= probability)
  return accuracies[m] ?? Number.NaN
}

/** The smallest number of random trials of which one is at least so good with this probability; undefined where all of them are too few. */
export function trialsToReach(
  trials: readonly SearchTrial[],
  accuracy: number,
  probability: number,
): number | undefined {
  const n = trials.length
  const m = trials.filter((trial) => trial.accuracy >= accuracy).length
  for (let k = 1; k <= n; k++) if (1 - missing(n, m, k) >= probability) return k
  return undefined
}

/** The best accuracy of some trials. */
export function best(trials: readonly SearchTrial[]): number {
  return Math.max(...trials.map(({ accuracy }) => accuracy))
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [low = Number.NaN, high = low] = sorted.slice(
    Math.ceil(sorted.length / 2) - 1,
    Math.floor(sorted.length / 2) + 1,
  )
  return (low + high) / 2
}
