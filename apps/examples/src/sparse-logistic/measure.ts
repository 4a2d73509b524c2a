// All that the page shows: the path over strengths, L2 for contrast, and other draws of the data.

import { ort } from '@gradwerk/backend-ort'
import { l1, l2 } from '@gradwerk/regularizers'
import { sparseProblem } from './data.ts'
import { fitLogistic, type Outcome, refit } from './training.ts'

export interface Plan {
  readonly l1: readonly number[]
  readonly l2: readonly number[]
  /** The strength whose features are trained on once more, and of the other draws. */
  readonly chosen: number
  /** Seeds of other draws. */
  readonly seeds: readonly number[]
}

export const defaultPlan: Plan = {
  l1: [0.2, 0.17, 0.15, 0.13, 0.115, 0.1, 0.085, 0.07, 0.055, 0.045, 0.035, 0.025],
  l2: [0.03, 0.1, 0.3, 1],
  chosen: 0.1,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
}

export interface AtStrength extends Outcome {
  readonly strength: number
}

export interface Measured {
  readonly plan: Plan
  readonly l1: readonly AtStrength[]
  readonly l2: readonly AtStrength[]
  /** On the features that L1 chose, without a penalty. */
  readonly refit: Outcome
  /** The chosen strength on other draws. */
  readonly draws: readonly Outcome[]
}

export async function measure(plan: Plan): Promise<Measured> {
  const backend = ort({ threads: 1 })
  const problem = sparseProblem(1)
  const lasso: AtStrength[] = []
  for (const strength of plan.l1) lasso.push({ strength, ...(await fitLogistic(problem, l1(strength), backend)) })
  const ridge: AtStrength[] = []
  for (const strength of plan.l2) ridge.push({ strength, ...(await fitLogistic(problem, l2(strength), backend)) })
  const support = lasso.find(({ strength }) => strength === plan.chosen)?.support ?? []
  const draws: Outcome[] = []
  for (const seed of plan.seeds)
    draws.push(await fitLogistic(sparseProblem(seed, 200, 1), l1(plan.chosen), backend, 200))
  return { plan, l1: lasso, l2: ridge, refit: await refit(problem, support, backend), draws }
}

/** The features of the largest weights, the largest first. */
export function largest({ kernel }: Outcome, count: number): number[] {
  const size = (feature: number) => Math.abs(kernel[feature] ?? 0)
  return [...kernel.keys()].toSorted((a, b) => size(b) - size(a)).slice(0, count)
}
