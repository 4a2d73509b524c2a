// The networks that are compared, by name: what each makes of what a configuration puts into it.

import type { Constraint, Initializer, Layer } from '@gradwerk/core'
import { sequential } from '@gradwerk/layers'
import { batchNormCnn, leNet5, mlp } from '@gradwerk/models'
import { dropout } from '@gradwerk/regularizers'

export interface NetworkOptions {
  /** Units of the hidden layers, from the input on; only perceptrons ask. */
  readonly hidden: readonly number[]
  readonly initializer: Initializer
  /** A layer before each rectifier. */
  readonly normalization?: (() => Layer) | undefined
  /** Probability of dropping a hidden unit. */
  readonly dropProbability?: number | undefined
  /** Probability of dropping a pixel; only perceptrons ask. */
  readonly inputDropProbability?: number | undefined
  /** Of every kernel. */
  readonly constraint?: Constraint | undefined
}

/**
 * `perceptron`: two wide layers that overfit. `deep`: many narrow ones, where the first weights decide. `wide-perceptron`: as wide as a
 * configuration says. `small-batch-norm-cnn`: `batch-norm-cnn` with a quarter of the channels and half of the units.
 */
export type NetworkName =
  | 'perceptron'
  | 'deep'
  | 'wide-perceptron'
  | 'lenet5'
  | 'batch-norm-cnn'
  | 'small-batch-norm-cnn'

function parts({ initializer, normalization, dropProbability, constraint }: NetworkOptions) {
  return {
    initializer,
    constraint,
    ...(normalization === undefined ? {} : { normalization: normalization() }),
    ...(dropProbability === undefined ? {} : { dropout: dropout(dropProbability) }),
  }
}

function perceptron(options: NetworkOptions): Layer {
  const { hidden, inputDropProbability } = options
  const layers = mlp({ hidden, useBias: true, ...parts(options) })
  return inputDropProbability === undefined ? layers : sequential([dropout(inputDropProbability), layers])
}

const networks: Readonly<Record<NetworkName, (options: NetworkOptions) => Layer>> = {
  perceptron,
  deep: perceptron,
  'wide-perceptron': perceptron,
  lenet5: (options) => leNet5(parts(options)),
  'batch-norm-cnn': (options) => batchNormCnn(parts(options)),
  'small-batch-norm-cnn': (options) => batchNormCnn({ filters: [8, 16], units: 64, ...parts(options) }),
}

/** Logits [batch, 10] of images [batch, 28, 28]. */
export function network(name: NetworkName, options: NetworkOptions): Layer {
  return networks[name](options)
}
