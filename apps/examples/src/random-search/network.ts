// What is searched: five options of a small perceptron and its training on generated digits, in the ranges that the plugins state.

import type { Backend, Dataset, SearchSpace } from '@gradwerk/core'
import { generatedDigits, stratifiedSplit } from '@gradwerk/datasets'
import * as layers from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import * as optimizers from '@gradwerk/optimizers'
import * as regularizers from '@gradwerk/regularizers'
import { DivergenceError, Trainer } from '@gradwerk/trainer'
import { tunableSpace } from '@gradwerk/tuners'

const { dense, flatten, relu, sequential } = layers
const { dropout, gaussianNoise, l2 } = regularizers

const plugins = {
  model: sequential([flatten(), gaussianNoise(0.1), dense(32), relu(), dropout(0.2), dense(10)]),
  optimizer: optimizers.momentum({ learningRate: 0.1, momentum: 0.9 }),
  penalty: l2(1e-4),
}

const tunable = tunableSpace(plugins, [layers, regularizers, optimizers], {
  // The network stays the same.
  'model.layers.2.units': false,
  'model.layers.5.units': false,
})

export const space: SearchSpace = tunable.space

/** By path. */
export type Parameters = Readonly<Record<string, unknown>>

export const titles: Readonly<Record<string, string>> = {
  'optimizer.learningRate': 'learning rate',
  'optimizer.momentum': 'momentum',
  'penalty.strength': 'L2 strength',
  'model.layers.1.standardDeviation': 'noise on pixels',
  'model.layers.4.dropProbability': 'drop probability',
}

export interface Images {
  readonly train: Dataset
  readonly validation: Dataset
}

export function digits(train: number, validation: number): Images {
  const { train: all } = generatedDigits({ train: train + validation, test: 10, seed: 1 })
  const split = stratifiedSplit(all, validation, 1)
  return { train: split.train, validation: split.validation }
}

export interface Training extends Images {
  readonly epochs: number
  readonly batchSize: number
}

/** What a network that knows nothing is right about. */
const chance = 0.1

/** Validation accuracy after training with these parameters; chance where it diverged. The same seed in every trial: they differ by their parameters alone. */
export async function trainedAccuracy(parameters: Parameters, training: Training, backend: Backend): Promise<number> {
  const { model, optimizer, penalty } = tunable.configure(parameters)
  const { train, validation, epochs, batchSize } = training
  const trainer = new Trainer({
    ...{ model, optimizer, backend, seed: 1 },
    regularizers: [penalty],
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
  })
  try {
    await trainer.fit(train, { epochs, batchSize })
    return (await trainer.evaluate(validation))['accuracy'] ?? Number.NaN
  } catch (error) {
    if (error instanceof DivergenceError) return chance
    throw error
  }
}
