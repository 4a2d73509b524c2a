// All that the page shows: the first updates term by term, the whole path, and where it should end.

import { ort } from '@gradwerk/backend-ort'
import { type Dataset, numbers, reference } from '@gradwerk/core'
import { elasticNetSolution, type LeastSquares, ridgeSolution } from '../shared/exact-regression.ts'
import { momentsOf, type PenaltyName, penalties, penaltyNames } from './training.ts'
import { type Update, updatesOf } from './updates.ts'

export interface Measured {
  readonly name: PenaltyName
  readonly updates: readonly Update[]
  /** The two weights before the first step and after each. */
  readonly path: readonly (readonly [number, number])[]
  readonly end: readonly [number, number]
  /** In closed form, or by coordinate descent where there is L1. */
  readonly exact: readonly [number, number]
}

function pair([a = Number.NaN, b = Number.NaN]: ArrayLike<number> & Iterable<number>): readonly [number, number] {
  return [a, b]
}

/** The numbers of a data set for the exact solutions. */
export function leastSquares({ inputs, targets }: Dataset): LeastSquares {
  const width = inputs.shape[1] ?? 1
  const data = Array.from(numbers(inputs))
  return {
    inputs: Array.from({ length: data.length / width }, (_, i) => data.slice(i * width, (i + 1) * width)),
    targets: Array.from(numbers(targets)),
  }
}

export async function measure(dataset: Dataset, steps: number, shown: number): Promise<Measured[]> {
  const fast = ort({ threads: 1 })
  const measured: Measured[] = []
  for (const name of penaltyNames) {
    const penalty = penalties[name]
    const updates = updatesOf(dataset, penalty, await momentsOf(dataset, penalty, shown, reference(), true))
    const moments = await momentsOf(dataset, penalty, steps, fast)
    const path = moments.flatMap(({ parameters: { kernel } }) => (kernel === undefined ? [] : [pair(numbers(kernel))]))
    const problem = leastSquares(dataset)
    const exact =
      penalty.l1 === 0 ? ridgeSolution(problem, penalty.l2) : elasticNetSolution(problem, penalty.l1, penalty.l2)
    measured.push({ name, updates, path, end: pair(path.at(-1) ?? []), exact: pair(exact) })
  }
  return measured
}
