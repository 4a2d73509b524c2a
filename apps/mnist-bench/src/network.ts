// The networks that are compared, by name: what each makes of what a configuration puts into it.

import type { Initializer, Layer } from '@gradwerk/core'
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
}

/** `perceptron`: two wide layers that overfit. `deep`: many narrow ones, where the first weights decide. */
export type NetworkName = 'perceptron' | 'deep' | 'lenet5' | 'batch-norm-cnn'

function parts({ initializer, normalization, dropProbability }: NetworkOptions) {
  return {
    initializer,
    ...(normalization === undefined ? {} : { normalization: normalization() }),
    ...(dropProbability === undefined ? {} : { dropout: dropout(dropProbability) }),
  }
}

function perceptron(options: NetworkOptions): Layer {
  return mlp({ hidden: options.hidden, useBias: true, ...parts(options) })
}

const networks: Readonly<Record<NetworkName, (options: NetworkOptions) => Layer>> = {
  perceptron,
  deep: perceptron,
  lenet5: (options) => leNet5(parts(options)),
  'batch-norm-cnn': (options) => batchNormCnn(parts(options)),
}

/** Logits [batch, 10] of images [batch, 28, 28]. */
export function network(name: NetworkName, options: NetworkOptions): Layer {
  return networks[name](options)
}
