// Every update of a weight, term by term, in the arithmetic of float32.

import {
  constantHyperparameters,
  type Dataset,
  epochOrder,
  evaluate,
  fold,
  gradients,
  input,
  keyOf,
  mean,
  numbers,
  traceModel,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { dense } from '@gradwerk/layers'
import { meanSquaredError } from '@gradwerk/losses'
import { learningRate, type Moment, type Penalty, seed } from './training.ts'

/** `after = before + loss + penalty + proximal`, each sum rounded to float32 as the trainer does. */
export interface Update {
  readonly step: number
  /** Index of the feature. */
  readonly weight: number
  readonly before: number
  /** ∂L/∂w of the batch */
  readonly lossGradient: number
  /** Of the penalty, where it is differentiated. */
  readonly penaltyGradient: number
  /** The sum of both, as the trainer handed it to the optimizer. */
  readonly gradient: number
  /** What the proximal map added. */
  readonly proximal: number
  /** All terms together. */
  readonly sum: number
  /** The trainer's new weight. */
  readonly after: number
}

const f32 = Math.fround

/** The rows in the order in which an epoch of the run visits them: sums of float32 depend on it. */
function batchOf({ inputs, targets, indices }: Dataset, epoch: number): { inputs: Value; targets: Value } {
  const order = epochOrder(indices, fold(fold(keyOf(seed), 'shuffle'), epoch))
  const rows = (of: Value): Value => {
    const width = of.shape[1] ?? 1
    const data = numbers(of)
    const gathered = Array.from(order).flatMap((row) => Array.from(data.slice(row * width, (row + 1) * width)))
    return value('float32', of.shape, Float32Array.from(gathered))
  }
  return { inputs: rows(inputs), targets: rows(targets) }
}

/** ∂L/∂kernel [features, 1] of the loss alone. */
function lossGradient(batch: { inputs: Value; targets: Value }, parameters: Values): number[] {
  const [x, y] = [input('inputs', batch.inputs.shape), input('targets', batch.targets.shape)]
  const trace = traceModel(dense(1), x)
  const loss = mean(meanSquaredError().values(trace.output, y, constantHyperparameters().scope('loss')))
  const kernel = trace.parameters.get('kernel')
  const found = kernel === undefined ? [] : evaluate(gradients(loss, [kernel.tensor]), { ...batch, ...parameters })
  return found.flatMap((gradient) => Array.from(numbers(gradient)))
}

function kernelOf(values: Values): number[] {
  return values['kernel'] === undefined ? [] : Array.from(numbers(values['kernel']))
}

/** `soft(w, η λ₁) / (1 + η λ₂)` */
function proximalMap(weight: number, { l1, l2, proximal }: Penalty): number {
  if (!proximal) return weight
  const threshold = f32(learningRate * f32(l1))
  const shrunk = f32(weight - Math.min(Math.max(weight, -threshold), threshold))
  return f32(shrunk / f32(f32(learningRate * f32(l2)) + 1))
}

/** The updates of all weights in all steps between the moments of a run on the reference backend. */
export function updatesOf(dataset: Dataset, penalty: Penalty, moments: readonly Moment[]): Update[] {
  return moments.slice(0, -1).flatMap(({ parameters, gradients: given = {} }, step) => {
    const ofLoss = lossGradient(batchOf(dataset, step), parameters)
    const next = kernelOf(moments[step + 1]?.parameters ?? {})
    return kernelOf(parameters).map((before, weight) => {
      const loss = ofLoss[weight] ?? Number.NaN
      const penaltyGradient = penalty.proximal ? 0 : f32(f32(penalty.l2) * before)
      const moved = f32(before - f32(f32(loss + penaltyGradient) * learningRate))
      const sum = proximalMap(moved, penalty)
      return {
        step: step + 1,
        weight,
        before,
        lossGradient: loss,
        penaltyGradient,
        gradient: kernelOf(given)[weight] ?? Number.NaN,
        proximal: sum - moved,
        sum,
        after: next[weight] ?? Number.NaN,
      }
    })
  })
}
