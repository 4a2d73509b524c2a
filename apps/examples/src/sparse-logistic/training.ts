// Logistic regression with a penalty, and how well it does.

import { type Backend, type Dataset, numbers, type Regularizer } from '@gradwerk/core'
import { binaryCrossEntropy } from '@gradwerk/losses'
import { sgd } from '@gradwerk/optimizers'
import { fitLinear, madeUp } from '../shared/linear-model.ts'
import { logitsOf, truth } from './data.ts'

export interface Outcome {
  readonly kernel: readonly number[]
  readonly bias: number
  /** Features whose weight is not exactly 0. */
  readonly support: readonly number[]
  /** How many of them are among the true ones. */
  readonly found: number
  /** On samples that were not trained on. */
  readonly accuracy: number
  readonly loss: number
}

function assess({ test }: { readonly test: Dataset }, kernel: readonly number[], bias: number): Outcome {
  const targets = numbers(test.targets)
  const logits = logitsOf(test, kernel, bias)
  const losses = logits.map((z, i) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - z * (targets[i] ?? 0))
  const support = [...kernel.keys()].filter((feature) => kernel[feature] !== 0)
  return {
    kernel,
    bias,
    support,
    found: support.filter((feature) => truth.has(feature)).length,
    accuracy: logits.filter((z, i) => z > 0 === (targets[i] === 1)).length / logits.length,
    loss: losses.reduce((total, loss) => total + loss, 0) / losses.length,
  }
}

export interface Problem {
  readonly train: Dataset
  readonly test: Dataset
}

/**
 * Gradient descent on all samples, with proximal maps where the penalty has one. The curvature of the loss is at most a quarter of the largest
 * eigenvalue of XᵀX / n, here 1.3: steps of 0.8 descend.
 */
export async function fitLogistic(
  problem: Problem,
  regularizer: Regularizer | undefined,
  backend: Backend,
  steps = 400,
): Promise<Outcome> {
  const loss = binaryCrossEntropy()
  const { kernel, bias } = await fitLinear({
    dataset: problem.train,
    loss,
    optimizer: sgd(0.8),
    regularizer,
    steps,
    backend,
  })
  return assess(problem, kernel, bias[0] ?? Number.NaN)
}

/** Trains once more on the chosen features alone and without a penalty, which shrinks what it keeps. */
export async function refit(problem: Problem, support: readonly number[], backend: Backend): Promise<Outcome> {
  const { inputs, targets } = problem.train
  const width = inputs.shape[1] ?? 1
  const chosen = Array.from(numbers(targets), (_, row) =>
    support.map((feature) => numbers(inputs)[row * width + feature] ?? 0),
  )
  const few = madeUp(
    'chosen features',
    chosen,
    Array.from(numbers(targets), (target) => [target]),
  )
  const { kernel, bias } = await fitLinear({
    dataset: few,
    loss: binaryCrossEntropy(),
    optimizer: sgd(1.5),
    steps: 400,
    backend,
  })
  const all = new Array<number>(width).fill(0)
  for (const [i, feature] of support.entries()) all[feature] = kernel[i] ?? Number.NaN
  return assess(problem, all, bias[0] ?? Number.NaN)
}
