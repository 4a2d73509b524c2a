// The training step of a work: the very program that the trainer runs.

import { type Dataset, filled, initializeModel, keyOf, type Optimizer, type Values } from '@gradwerk/core'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { type StepProgram, stepProgram } from '@gradwerk/trainer'
import type { Work } from './works.ts'

export function stepOf({ network, batch }: Work, optimizer: Optimizer, dataset: Dataset): StepProgram {
  const plain = { regularizers: [], gradientTransforms: [], augmentations: [] }
  return stepProgram({ model: network, loss: softmaxCrossEntropy(), optimizer, ...plain }, dataset, batch)
}

/** What a step has besides parameters before the first one: the states of layers and the optimizer's slots. */
export function initialState({ trace, slots }: StepProgram): Values {
  const filledSlots = [...slots].map(([name, { shape, initial }]) => [name, filled('float32', shape, initial)] as const)
  return { ...initializeModel(trace, keyOf(0)).state, ...Object.fromEntries(filledSlots) }
}
