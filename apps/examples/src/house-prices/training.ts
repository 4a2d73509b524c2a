// The regression of the example under four penalties.

import type { Backend, Callback, Dataset, Regularizer, RunView, Values } from '@gradwerk/core'
import { meanSquaredError } from '@gradwerk/losses'
import { sgd } from '@gradwerk/optimizers'
import { elasticNet, l1, l2 } from '@gradwerk/regularizers'
import { fitLinear } from '../shared/linear-model.ts'

export type PenaltyName = 'none' | 'L1' | 'L2' | 'elastic net'

/** `λ₁ Σ |w| + λ₂/2 · Σ w²` over the weights of the features; the bias is free. */
export interface Penalty {
  readonly l1: number
  readonly l2: number
  readonly regularizer: Regularizer | undefined
  /** Whether it acts through its proximal map, after the step, instead of its gradient. */
  readonly proximal: boolean
}

export const penalties: Readonly<Record<PenaltyName, Penalty>> = {
  none: { l1: 0, l2: 0, regularizer: undefined, proximal: false },
  L1: { l1: 0.6, l2: 0, regularizer: l1(0.6), proximal: true },
  L2: { l1: 0, l2: 0.6, regularizer: l2(0.6), proximal: false },
  'elastic net': { l1: 0.3, l2: 0.6, regularizer: elasticNet({ l1: 0.3, l2: 0.6 }), proximal: true },
}

export const penaltyNames: readonly PenaltyName[] = ['none', 'L1', 'L2', 'elastic net']

/** 0.25 in float32 as well: the step size loses nothing. */
export const learningRate = 0.25
export const seed = 0

/** What a step started from, and the gradients it was given. */
export interface Moment {
  readonly parameters: Values
  /** Of the loss and of what is differentiated of the penalty; undefined where nobody asked, and after the last step. */
  readonly gradients?: Values
}

/** Trains with plain gradient descent and gives every moment of the run: before the first step, between two, after the last. */
export async function momentsOf(
  dataset: Dataset,
  { regularizer }: Penalty,
  steps: number,
  backend: Backend,
  withGradients = false,
): Promise<Moment[]> {
  const moments: Moment[] = []
  const note = async (run: RunView) => {
    const { parameters } = run.snapshot()
    // The gradients of a run are those of its next step.
    moments.push(withGradients && run.step < steps ? { parameters, gradients: await run.gradients() } : { parameters })
  }
  const recorder: Callback = { kind: 'callback', name: 'recorder', options: {}, onRunStart: note, onSteps: note }
  const loss = meanSquaredError()
  const optimizer = sgd(learningRate)
  await fitLinear({ dataset, loss, optimizer, regularizer, steps, callbacks: [recorder], backend, seed })
  return moments
}
