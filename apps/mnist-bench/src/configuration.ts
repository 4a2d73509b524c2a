// What a configuration is: data that decides a trial together with a preset and a seed.

import type { Augmentation, Callback, Constraint, Initializer, Layer, Optimizer, Regularizer } from '@gradwerk/core'
import type { NetworkName } from './network.ts'

export interface Configuration {
  readonly name: string
  readonly description: string
  readonly network: NetworkName
  /** Units of the hidden layers where they belong to the configuration; else those of the run. */
  readonly hidden?: readonly number[]
  readonly initializer: Initializer
  readonly optimizer: Optimizer
  readonly normalization?: () => Layer
  /** Of a hidden unit. */
  readonly dropProbability?: number
  /** Of a pixel. */
  readonly inputDropProbability?: number
  /** For all kernels. */
  readonly constraint?: Constraint
  /** For all kernels, or for what the network predicts. */
  readonly regularizers?: readonly Regularizer[]
  /** Of the training images. */
  readonly augmentations?: readonly Augmentation[]
  /** Made anew for every trial: callbacks have state. */
  readonly callbacks?: () => Callback[]
}

/** What a configuration consists of, as plain JSON for reports. */
export function optionsOf(configuration: Configuration, model: Layer): Record<string, unknown> {
  const { network, optimizer, regularizers, augmentations, callbacks } = configuration
  const options = {
    network,
    model,
    optimizer,
    regularizers: regularizers ?? [],
    augmentations: augmentations ?? [],
    callbacks: callbacks?.() ?? [],
  }
  return JSON.parse(JSON.stringify(options))
}
