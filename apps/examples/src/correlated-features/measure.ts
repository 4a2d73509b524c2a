// The estimates of all draws at once, for every strength.

import { ort } from '@gradwerk/backend-ort'
import type { Backend } from '@gradwerk/core'
import { meanSquaredError } from '@gradwerk/losses'
import { nesterov } from '@gradwerk/optimizers'
import { l2 } from '@gradwerk/regularizers'
import { fitLinear } from '../shared/linear-model.ts'
import { mean, standardDeviation } from '../shared/statistics.ts'
import { type Draws, truth } from './data.ts'

export interface AtStrength {
  readonly strength: number
  /** ŵ of every draw. */
  readonly estimates: readonly (readonly [number, number])[]
}

export const strengths: readonly number[] = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3]

/**
 * All draws share their samples, so that one layer with an output for each is as many regressions side by side. The loss is the mean over outputs, hence a
 * `draws`-th of each regression's own; strength and learning rate make up for it.
 */
export async function estimatesOf({ dataset, draws }: Draws, strength: number, backend: Backend): Promise<AtStrength> {
  const { kernel } = await fitLinear({
    dataset,
    loss: meanSquaredError(),
    optimizer: nesterov({ learningRate: 0.15 * draws, momentum: 0.85 }),
    regularizer: strength === 0 ? undefined : l2(strength / draws),
    outputs: draws,
    steps: 250,
    backend,
  })
  const weight = (feature: number, draw: number) => kernel[feature * draws + draw] ?? Number.NaN
  return {
    strength,
    estimates: Array.from({ length: draws }, (_, draw) => [weight(0, draw), weight(1, draw)] as const),
  }
}

export async function measure(draws: Draws): Promise<AtStrength[]> {
  const backend = ort({ threads: 1 })
  const measured: AtStrength[] = []
  for (const strength of strengths) measured.push(await estimatesOf(draws, strength, backend))
  return measured
}

export interface Summary {
  readonly mean: readonly [number, number]
  readonly deviations: readonly [number, number]
  readonly squaredBias: number
  readonly variance: number
  /** Mean of ‖ŵ − w‖². */
  readonly error: number
  /** Mean of |ŵ₁ − ŵ₂|. */
  readonly gap: number
}

export function summarize({ estimates }: AtStrength): Summary {
  const [first, second] = [estimates.map(([a]) => a), estimates.map(([, b]) => b)]
  const means = [mean(first), mean(second)] as const
  const deviations = [standardDeviation(first), standardDeviation(second)] as const
  return {
    mean: means,
    deviations,
    squaredBias: (means[0] - truth[0]) ** 2 + (means[1] - truth[1]) ** 2,
    variance: deviations[0] ** 2 + deviations[1] ** 2,
    error: mean(estimates.map(([a, b]) => (a - truth[0]) ** 2 + (b - truth[1]) ** 2)),
    gap: mean(estimates.map(([a, b]) => Math.abs(a - b))),
  }
}
