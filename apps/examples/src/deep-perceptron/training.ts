// Training: the same number of steps for every network, initializer and seed.

import type { Backend, Callback, Dataset, Initializer, Snapshot } from '@gradwerk/core'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { adam } from '@gradwerk/optimizers'
import { DivergenceError, Trainer } from '@gradwerk/trainer'
import { deepPerceptron, type Network, type Size } from './network.ts'

export interface Training extends Size {
  readonly dataset: Dataset
  readonly epochs: number
  readonly batchSize: number
}

export interface Outcome {
  readonly seed: number
  /** Of every step, in training mode. They end early where they were not finite any more. */
  readonly losses: readonly number[]
  /** Of the training samples after the last step, in evaluation mode; 0.1, chance, where the loss was not finite. */
  readonly accuracy: number
}

export interface TrainedOutcome extends Outcome {
  /** Before the first step, data-dependent initializers being done. */
  readonly initial: Snapshot
  readonly final: Snapshot | undefined
}

/** Trains from one seed with Adam. */
export async function train(
  network: Network,
  initializer: Initializer,
  learningRate: number,
  seed: number,
  training: Training,
  backend: Backend,
): Promise<TrainedOutcome> {
  const losses: number[] = []
  let initial: Snapshot = { parameters: {}, state: {}, slots: {} }
  const recording: Callback = {
    kind: 'callback',
    name: 'recording',
    options: {},
    onRunStart(run) {
      initial = run.snapshot()
    },
    onSteps: (_, record) => void losses.push(...record.losses),
  }
  const trainer = new Trainer({
    model: deepPerceptron(network, initializer, training),
    loss: softmaxCrossEntropy(),
    optimizer: adam(learningRate),
    metrics: [accuracy()],
    callbacks: [recording],
    backend,
    seed,
  })
  const { epochs, batchSize, dataset } = training
  try {
    const { snapshot } = await trainer.fit(dataset, { epochs, batchSize })
    const reached = (await trainer.evaluate(dataset))['accuracy'] ?? Number.NaN
    return { seed, losses, accuracy: reached, initial, final: snapshot }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error
    return { seed, losses: losses.filter(Number.isFinite), accuracy: 0.1, initial, final: undefined }
  }
}
