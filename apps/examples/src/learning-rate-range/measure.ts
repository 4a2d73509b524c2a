// Sweeps of the learning rate for three optimizers, and what constant rates then reach.

import { ort } from '@gradwerk/backend-ort'
import { type Backend, type Optimizer, OptionError } from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import { dense, flatten, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adam, momentum, sgd } from '@gradwerk/optimizers'
import {
  DivergenceError,
  findLearningRate,
  type LearningRateSweep,
  Trainer,
  type TrainerOptions,
} from '@gradwerk/trainer'

export type OptimizerName = 'sgd' | 'momentum 0.9' | 'adam'

const optimizers: Readonly<Record<OptimizerName, (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => sgd(learningRate),
  'momentum 0.9': (learningRate) => momentum(learningRate),
  adam: (learningRate) => adam(learningRate),
}

export const optimizerNames: readonly OptimizerName[] = ['sgd', 'momentum 0.9', 'adam']

export interface Plan {
  /** Generated digits to train on. */
  readonly samples: number
  /** Steps of a sweep. */
  readonly steps: number
  /** Epochs with each constant rate. */
  readonly epochs: number
  readonly rates: readonly number[]
}

export const batchSize = 64
export const lowest = 1e-5
export const highest = 10

export const defaultPlan: Plan = {
  samples: 2000,
  steps: 200,
  epochs: 3,
  // Half powers of ten.
  rates: Array.from({ length: 13 }, (_, i) => Number((lowest * 10 ** (i / 2)).toPrecision(3))),
}

/** The mean loss of the last epoch of a run with a constant rate; infinite for one that diverged. */
export interface AtRate {
  readonly rate: number
  readonly loss: number
}

export interface Measured {
  readonly name: OptimizerName
  readonly sweep: LearningRateSweep
  readonly suggestion: number
  /** The runs of the plan, in the order of their rates. */
  readonly runs: readonly AtRate[]
  /** The run with the suggested rate. */
  readonly suggested: AtRate
}

function options(name: OptimizerName, learningRate: number, backend: Backend): TrainerOptions {
  return {
    model: sequential([flatten(), dense(64), relu(), dense(10)]),
    loss: softmaxCrossEntropy(),
    optimizer: optimizers[name](learningRate),
    backend,
    seed: 1,
  }
}

export async function measure(plan: Plan): Promise<Measured[]> {
  const backend = ort({ threads: 1 })
  const { train } = generatedDigits({ train: plan.samples, test: 10, seed: 1 })
  const trained = async (name: OptimizerName, rate: number): Promise<AtRate> => {
    try {
      const { history } = await new Trainer(options(name, rate, backend)).fit(train, { epochs: plan.epochs, batchSize })
      return { rate, loss: history.at(-1)?.loss ?? Number.POSITIVE_INFINITY }
    } catch (error) {
      if (error instanceof DivergenceError) return { rate, loss: Number.POSITIVE_INFINITY }
      throw error
    }
  }
  const measured: Measured[] = []
  for (const name of optimizerNames) {
    // The optimizer's own rate plays no part.
    const sweep = await findLearningRate(options(name, 1, backend), train, {
      from: lowest,
      to: highest,
      steps: plan.steps,
      batchSize,
    })
    const { suggestion } = sweep
    if (suggestion === null)
      throw new OptionError({ who: 'example', problem: `the loss of ${name} falls at no rate`, expected: 'more steps' })
    const runs: AtRate[] = []
    for (const rate of plan.rates) runs.push(await trained(name, rate))
    measured.push({ name, sweep, suggestion, runs, suggested: await trained(name, suggestion) })
  }
  return measured
}

/** The run of the least loss. */
export function bestOf(runs: readonly AtRate[]): AtRate {
  return runs.reduce((best, run) => (run.loss < best.loss ? run : best))
}
